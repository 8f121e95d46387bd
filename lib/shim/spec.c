/* spec: what a shim is to run, handed over in one block of memory */
#include "shim/spec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static uint32_t count_strings(const char *data, size_t n)
{
	uint32_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += data[i] == '\0';
	return count;
}

static struct iovec text(const char *s)
{
	return (struct iovec){ (void *)(uintptr_t)s, strlen(s) + 1 };
}

static int write_pieces(int fd, struct iovec *pieces, int count, size_t size)
{
	ssize_t n = writev(fd, pieces, count);

	/* a memfd takes all or is out of memory; the limit of one call is 2 GiB */
	if (n == (ssize_t)size)
		return 0;
	if (n >= 0)
		errno = ENOMEM;
	return -1;
}

int spec_write(struct spec head, const struct spec_strings *s)
{
	struct iovec pieces[] = {
		{ &head, sizeof(head) },
		text(s->claim),
		text(s->boot),
		text(s->directory),
		text(s->cgroup),
		{ (void *)(uintptr_t)s->command, s->command_size },
		{ (void *)(uintptr_t)s->environment, s->environment_size },
	};
	int fd = memfd_create("bgjob-spec", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	head.version = SPEC_VERSION;
	head.argc = count_strings(s->command, s->command_size);
	head.envc = count_strings(s->environment, s->environment_size);
	head.size = 0;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		head.size += pieces[i].iov_len;
	if (write_pieces(fd, pieces, sizeof(pieces) / sizeof(*pieces), head.size) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* the next string, or NULL when the block ends before its NUL */
static char *take_string(char **at, const char *end)
{
	char *start = *at;
	size_t n = strnlen(start, (size_t)(end - start));

	if (start + n == end)
		return NULL;
	*at = start + n + 1;
	return start;
}

static int split_spec(struct spec_view *view, char *at, const char *end)
{
	const struct spec *head = view->head;

	view->claim = take_string(&at, end);
	view->boot = view->claim ? take_string(&at, end) : NULL;
	view->directory = view->boot ? take_string(&at, end) : NULL;
	view->cgroup = view->directory ? take_string(&at, end) : NULL;
	if (!view->cgroup || head->argc == 0)
		return -1;
	for (uint32_t i = 0; i < head->argc; i++)
		if (!(view->argv[i] = take_string(&at, end)))
			return -1;
	for (uint32_t i = 0; i < head->envc; i++)
		if (!(view->envp[i] = take_string(&at, end)))
			return -1;
	return 0;
}

int spec_map(int fd, struct spec_view *view)
{
	struct stat st;
	char *block;

	if (fstat(fd, &st) < 0)
		return -1;
	if (st.st_size < (off_t)sizeof(struct spec)) {
		errno = EINVAL;
		return -1;
	}
	block = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (block == MAP_FAILED)
		return -1;
	view->head = (const struct spec *)(void *)block;
	view->argv = NULL;
	if (view->head->version == SPEC_VERSION && view->head->size == (uint64_t)st.st_size &&
		view->head->argc <= (uint64_t)st.st_size &&
		view->head->envc <= (uint64_t)st.st_size) {
		view->argv = calloc((size_t)view->head->argc + view->head->envc + 2,
			sizeof(*view->argv));
		view->envp = view->argv ? view->argv + view->head->argc + 1 : NULL;
		if (view->argv &&
			split_spec(view, block + sizeof(struct spec), block + st.st_size) == 0)
			return 0;
	}
	free(view->argv);
	munmap(block, (size_t)st.st_size);
	errno = EINVAL;
	return -1;
}

void spec_unmap(struct spec_view *view)
{
	free(view->argv);
	munmap((void *)(uintptr_t)view->head, view->head->size);
}
