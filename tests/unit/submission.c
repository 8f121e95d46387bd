/* submission: an input that cannot be kept is an error, not the end of the process */
#include "submit/submission.h"
#include "tap.h"

int main(void)
{
	struct submission s;

	submission_init(&s);
	s.input = "/proc/self/mem"; /* its first page is not mapped: read(2) fails with EIO */
	is_int(submission_read_input(&s), -1, "a read that fails");
	is_int(s.disk_failed, 1, "is not the user's mistake");
	is_str(s.why.data, "cannot keep a copy of the input /proc/self/mem: Input/output error",
		"the reason names the input");
	submission_reset(&s);
	s.input = "/";
	is_int(submission_read_input(&s), -1, "a folder");
	is_int(s.disk_failed, 0, "is");
	is_str(s.why.data, "/: Is a directory", "and is named");
	submission_free(&s);
	return done();
}
