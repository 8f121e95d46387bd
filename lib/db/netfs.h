/* netfs: tell network file systems from local ones; no errors */
#ifndef DB_NETFS_H
#define DB_NETFS_H

/*
 * The name of the network file system that the open folder is on, or NULL
 * for a local one (numbers: linux/magic.h and the file systems' own sources).
 * FUSE is judged by its mount type in /proc/self/mountinfo: sshfs, rclone and
 * the like are remote, gocryptfs or ntfs-3g are not.
 */
const char *netfs_name(int fd);

#endif
