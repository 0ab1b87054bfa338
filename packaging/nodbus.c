// What libpcap.a calls to capture from D-Bus and from RDMA devices, neither of which carries SIP. With these in their place the static
// program needs no library for them; Debian has none of systemd's that could be linked in.
#include <stddef.h>

int dbus_findalldevs(void *list, char *error) { return 0; }
int rdmasniff_findalldevs(void *list, char *error) { return 0; }

void *dbus_create(const char *device, char *error, int *ours) { *ours = 0; return NULL; }
void *rdmasniff_create(const char *device, char *error, int *ours) { *ours = 0; return NULL; }
