/* config: settings and where things are; a bad setting ends the program (exit 2) */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdint.h>

#include "base/str.h"

/*
 * The state folder, absolute: $BGJOB_HOME, else $XDG_STATE_HOME/bgjob, else
 * $HOME/.local/state/bgjob. A relative BGJOB_HOME is taken from the current
 * directory; a relative XDG_STATE_HOME is ignored (XDG base directory
 * specification). Without any of them: exit 2.
 */
const char *config_home(void);

/*
 * A setting: the environment's, else the one in $XDG_CONFIG_HOME/bgjob/config (default ~/.config),
 * else NULL. An empty value counts as unset, so that "NAME=" in the environment hides the file's.
 * The file, read once, holds NAME=value lines; "#" starts a comment line, and one pair of single or
 * double quotes around the value is removed. Any other line: exit 2 with file and line number. A
 * file that group or others may read or write is refused if it holds a secret
 * (config_secret): exit 2 and the chmod to run.
 */
const char *config_get(const char *name);

/* The configuration folder ($XDG_CONFIG_HOME/bgjob or ~/.config/bgjob), or NULL without a home. */
const char *config_folder(void);

int config_yes(const char *name, int otherwise); /* yes/no, true/false, 1/0, on/off */
int64_t config_size(const char *name, int64_t otherwise);
int64_t config_duration(const char *name, int64_t otherwise);

/*
 * Whether a variable of this name (NAME or NAME=value) holds a secret: its name
 * ends in TOKEN, SECRET, PASSWORD, PASSWD, PASSPHRASE, _KEY or CREDENTIALS.
 * Such a setting is kept out of core files, and such a variable out of the
 * environment of jobs and of exec: targets.
 */
int config_secret(const char *name);

/*
 * Append the text with "***" for each secret in it: the values of all settings
 * and variables that config_secret() names (a foreign variable's only from 8
 * bytes up), what follows "/bot" in a Telegram URL, and the user and password
 * of any URL. A file that config_get() would refuse ends nothing here.
 */
void config_redact(struct str *out, const char *text);

#endif
