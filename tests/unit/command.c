/* The start of a job's command: its environment is its own, the shim keeps the one that it had. */
#include <fcntl.h>
#include <sys/mman.h>

#include "shim/command.h"
#include "shim/spec.h"
#include "tap.h"

int main(void)
{
	static const char command[] = "sh\0-c\0printf %s \"$GREETING\"", env[] = "GREETING=hello";
	struct spec head = { .grace_ms = 1000, .timeout_ms = -1, .max_output = -1, .umask = 022 };
	struct spec_strings strings = { .claim = "claim",
		.boot = "boot",
		.directory = "/",
		.cgroup = "",
		.command = command,
		.command_size = sizeof command,
		.environment = env,
		.environment_size = sizeof env };
	struct command_files files = { .cgroup = -1 };
	enum state_step step = STATE_FORK;
	struct spec_view view;
	char out[16] = "";
	int error = 0, status = -1;
	pid_t pid;

	setenv("SHIM", "ours", 1);
	files.state = memfd_create("state", MFD_CLOEXEC);
	files.stream[0] = memfd_create("out", MFD_CLOEXEC);
	files.stream[1] = memfd_create("err", MFD_CLOEXEC);
	if (!is_int(spec_map(spec_write(head, &strings), &view), 0, "a spec"))
		return done();
	pid = command_start(&view, &files, &step, &error);
	ok(pid > 0, "the command starts");
	spec_unmap(&view);
	is_str(getenv("SHIM"), "ours", "the environment is still ours when the spec is gone");
	waitpid(pid, &status, 0);
	is_int(status, 0, "it ends");
	if (pread(files.stream[0], out, sizeof out - 1, 0) < 0)
		perror("pread");
	is_str(out, "hello", "its environment is that of the spec");
	return done();
}
