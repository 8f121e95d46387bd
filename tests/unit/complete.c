/* complete: completions of what was typed */
#include "chat/complete.h"

#include <sys/stat.h>

#include "base/str.h"
#include "tap.h"

static char top[] = "/tmp/bgjob-complete-XXXXXX";

static void write_workflow(const char *name, mode_t mode)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "%s/bgjob/workflows/%s", top, name);
	file = fopen(path, "w");
	if (!file || fputs("#!/bin/sh\n", file) < 0 || fclose(file) != 0 || chmod(path, mode) < 0)
		abort();
}

/* names: separated by blanks */
static void completes(const char *typed, const char *names, const char *insert)
{
	struct str got = { 0 };
	struct complete c;

	str_add(&got, "");
	complete_find(&c, typed, strlen(typed));
	for (size_t i = 0; i < c.count; i++)
		str_addf(&got, "%s%s", i ? " " : "", c.names[i]);
	is_str(got.data, names, "names for '%s'", typed);
	is_str(c.insert, insert, "what is added to '%s'", typed);
	complete_free(&c);
	str_free(&got);
}

int main(void)
{
	char path[300];

	if (!tap_folder(top) || setenv("XDG_CONFIG_HOME", top, 1) < 0)
		return 1;
	snprintf(path, sizeof(path), "%s/bgjob", top);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/bgjob/workflows", top);
	mkdir(path, 0700);
	write_workflow("zebra_one", 0755);
	write_workflow("zebra_two", 0755);
	write_workflow("zebra_bad", 0777);

	completes("/jo", "jobs job", "b");
	completes("/job", "jobs job", "");
	completes("/jobs", "jobs", " ");
	completes("/z", "zebra_one zebra_two", "ebra_");
	completes("#zebra_o", "zebra_one", "ne ");
	completes("/run zebra_t", "zebra_two", "wo ");
	completes("/run jo", "", "");
	completes("#jo", "", "");
	completes("/jobs ", "", "");
	completes("/zzz", "", "");
	completes("jo", "", "");
	completes("", "", "");
	complete_free(&(struct complete){ 0 });
	return done();
}
