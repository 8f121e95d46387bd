/* netfs: tell network file systems from local ones */
#include "db/netfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

static const struct {
	unsigned long magic;
	const char *name;
} remote[] = {
	{ 0x6969, "nfs" },
	{ 0x517B, "smb" },
	{ 0xFF534D42, "cifs" },
	{ 0xFE534D42, "smb2" },
	{ 0x01021997, "9p" },
	{ 0x00C36400, "ceph" },
	{ 0x5346414F, "afs" },
	{ 0x6B414653, "afs" },
	{ 0x73757245, "coda" },
	{ 0x564C, "ncp" },
	{ 0x7461636F, "ocfs2" },
	{ 0x01161970, "gfs2" },
	{ 0x0BD00BD0, "lustre" },
	{ 0x47504653, "gpfs" },
	{ 0xAAD7AAEA, "panfs" },
	{ 0x19830326, "fhgfs" },
	{ 0x7C7C6673, "prl_fs" },
	{ 0x786F4256, "vboxsf" },
};

static const char *const remote_fuse[] = {
	"fuse.sshfs",
	"fuse.rclone",
	"fuse.s3fs",
	"fuse.glusterfs",
	"fuse.davfs",
	"fuse.davfs2",
	"fuse.curlftpfs",
	"fuse.gcsfuse",
	"fuse.nfs",
	"fuse.ceph",
	"fuse.ceph-fuse",
	"fuse.juicefs",
	"fuse.moosefs",
};

static const char *fuse_name(const char *type)
{
	for (size_t i = 0; i < sizeof(remote_fuse) / sizeof(*remote_fuse); i++)
		if (strcmp(type, remote_fuse[i]) == 0)
			return remote_fuse[i];
	return NULL;
}

/* in the line of the folder's device the file system type follows " - " */
static const char *mount_type(dev_t device)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	const char *found = NULL;
	char *line = NULL, type[64];
	unsigned major_number, minor_number;
	size_t size = 0;

	while (f && !found && getline(&line, &size, f) > 0) {
		const char *dash = strstr(line, " - ");

		if (dash && sscanf(line, "%*d %*d %u:%u", &major_number, &minor_number) == 2 &&
			makedev(major_number, minor_number) == device &&
			sscanf(dash, " - %63s", type) == 1)
			found = fuse_name(type);
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

const char *netfs_name(int fd)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++)
		if (((unsigned long)fs.f_type & 0xFFFFFFFF) == remote[i].magic)
			return remote[i].name;
	if ((unsigned long)fs.f_type == 0x65735546 && fstat(fd, &st) == 0)
		return mount_type(st.st_dev);
	return NULL;
}
