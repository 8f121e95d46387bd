/* fuzz: a shim and a pool accept each other's files only if they are whole */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/str.h"
#include "base/process.h"
#include "run/settle.h"
#include "shim/spec.h"
#include "shim/state.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

enum { JOB = 42, ATTEMPT = 3 };
static const char claim[] = "0123456789abcdef0123456789abcdef";
static const char boot[] = "01234567-89ab-cdef-0123-456789abcdef";

static void require(int truth)
{
	if (!truth)
		abort();
}

static int memory_file(const void *data, size_t n)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	require(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	return fd;
}

/* The bytes are the state file. If it is accepted, it names this attempt and its strings end. */
static void check_file(const unsigned char *data, size_t n)
{
	int fd = memory_file(data, n);
	struct state_record record;
	struct state_head head;
	char name[32];

	if (state_read(fd, STATE_AT_HEAD, &head, sizeof(head)) < 0)
		require(n < sizeof(head));
	else if (state_is(&head, JOB, ATTEMPT, claim))
		require(head.job == JOB && head.attempt == ATTEMPT &&
			memcmp(head.claim, claim, sizeof(claim)) == 0);
	if (state_read(fd, STATE_AT_RECORD, &record, sizeof(record)) < 0) {
		require(n < STATE_AT_RECORD + sizeof(record));
	} else if (state_sealed(&record, JOB, ATTEMPT, claim)) {
		require(record.job == JOB && record.attempt == ATTEMPT &&
			memcmp(record.claim, claim, sizeof(claim)) == 0);
		require(record.ended >= STATE_BY_ITSELF && record.ended <= STATE_NOT_STARTED);
	}
	if (n >= sizeof(int32_t)) {
		memcpy(&record.wait_status, data, sizeof(record.wait_status));
		require(strlen(process_signal_name(record.wait_status, name)) < sizeof(name));
	}
	close(fd);
}

/* A valid file with some wrong bits: the input is pairs of an offset and the bits to flip. */
static void check_damaged(const unsigned char *data, size_t n)
{
	struct state_record record = { .job = JOB,
		.attempt = ATTEMPT,
		.ended = STATE_BY_ITSELF,
		.bytes = { 5, 0 },
		.ended_at = INT64_C(1770000000000) };
	struct state_record whole;
	struct state_head head, good;
	int fd = memory_file("", 0);

	memcpy(record.claim, claim, sizeof(claim));
	memcpy(record.boot, boot, sizeof(boot));
	state_seal(&record);
	require(state_write_head(fd, JOB, ATTEMPT, claim, boot) == 0);
	require(state_read(fd, STATE_AT_HEAD, &good, sizeof(good)) == 0);
	require(state_is(&good, JOB, ATTEMPT, claim) && state_sealed(&record, JOB, ATTEMPT, claim));
	head = good;
	whole = record;
	for (; n >= 2; data += 2, n -= 2) {
		((unsigned char *)&record)[data[0] % offsetof(struct state_record, checksum)] ^=
			data[1];
		((unsigned char *)&head)[data[0] % sizeof(head)] ^= data[1];
	}
	if (memcmp(&record, &whole, sizeof(record)) != 0)
		require(!state_sealed(&record, JOB, ATTEMPT, claim));
	if (head.job != good.job || head.attempt != good.attempt || head.version != good.version ||
		memcmp(head.magic, good.magic, sizeof(head.magic)) != 0 ||
		memcmp(head.claim, good.claim, sizeof(claim)) != 0)
		require(!state_is(&head, JOB, ATTEMPT, claim));
	close(fd);
}

static void require_inside(const struct spec_view *view, const char *text)
{
	const char *start = (const char *)view->head;

	require(text >= start + sizeof(struct spec) && text < start + view->head->size);
	require(text + strlen(text) < start + view->head->size);
}

static void check_view(const struct spec_view *view)
{
	const char *const texts[] = { view->claim, view->boot, view->directory, view->cgroup };

	for (int i = 0; i < 4; i++)
		require_inside(view, texts[i]);
	require(view->head->argc > 0);
	for (uint32_t i = 0; i < view->head->argc; i++)
		require_inside(view, view->argv[i]);
	for (uint32_t i = 0; i < view->head->envc; i++)
		require_inside(view, view->envp[i]);
	require(!view->argv[view->head->argc] && !view->envp[view->head->envc]);
}

/* The bytes are the block that a shim is handed. */
static void check_spec(const unsigned char *data, size_t n)
{
	int fd = memory_file(data, n);
	struct spec_view view;

	if (spec_map(fd, &view) == 0) {
		check_view(&view);
		spec_unmap(&view);
	}
	close(fd);
}

/*
 * What is written reads back the same: the first half is the command, the second the environment.
 */
static void check_spec_again(const unsigned char *data, size_t n)
{
	struct str command = { 0 }, environment = { 0 };
	struct spec head = { .job = JOB, .attempt = ATTEMPT, .timeout_ms = -1 };
	struct spec_strings strings = { .claim = claim,
		.boot = boot,
		.directory = "/",
		.cgroup = "" };
	struct spec_view view;
	int fd;

	str_addn(&command, data, n / 2);
	str_addc(&command, '\0');
	str_addn(&environment, data + n / 2, n - n / 2);
	str_addc(&environment, '\0');
	strings.command = command.data;
	strings.command_size = command.len;
	strings.environment = environment.data;
	strings.environment_size = environment.len;
	fd = spec_write(head, &strings);
	require(fd >= 0 && spec_map(fd, &view) == 0);
	check_view(&view);
	require(view.head->job == JOB && strcmp(view.claim, claim) == 0);
	require(memcmp(view.argv[0], command.data, command.len) == 0);
	require(memcmp(view.envp[0], environment.data, environment.len) == 0);
	spec_unmap(&view);
	close(fd);
	str_free(&command);
	str_free(&environment);
}

/* The first byte chooses. */
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
	static void (*const checks[])(const unsigned char *, size_t) = { check_file, check_damaged,
		check_spec, check_spec_again };

	if (n > 0)
		checks[data[0] % 4](data + 1, n - 1);
	return 0;
}
