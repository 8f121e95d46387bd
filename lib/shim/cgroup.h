/* cgroup: where a cgroup of our own may be made; no errors */
#ifndef SHIM_CGROUP_H
#define SHIM_CGROUP_H

/*
 * The folder of our own cgroup (version 2) if its part of the tree was
 * delegated to us: systemd marks it with the extended attribute user.delegate=1
 * (systemd.resource-control(5), Delegate=), and it is writable. NULL elsewhere,
 * where the hierarchy is not ours. Looked up once.
 */
const char *cgroup_delegated(void);

#endif
