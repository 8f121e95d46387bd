# shellcheck shell=sh
# talk.sh: bgjob-chat on a terminal, for a test; sourced after tap.sh.

# Talks on its own terminal. The script has lines of a word and its argument: type TEXT (with
# Python's escapes), see REGEX (in the output since the last see), run SHELL, end (of the program),
# signal NAME, size COLUMNS. The last match is in "seen". If a text does not appear, it prints which
# one.
cat >talk.py <<'END'
import codecs, fcntl, os, pty, re, select, signal, struct, subprocess, sys, termios, time

pid, fd = pty.fork()
if pid == 0:
    os.execvp("bgjob-chat", ["bgjob-chat"])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
text, status = "", None
decoder = codecs.getincrementaldecoder("utf-8")("replace")
LIMIT = 20

def more():
    global text
    if select.select([fd], [], [], 0.1)[0]:
        try:
            data = os.read(fd, 65536)
        except OSError:
            return False
        text += decoder.decode(data)
        open("raw", "ab").write(data)
        return bool(data)
    return True

def give_up(what):
    print(what, "in", repr(text))
    os.kill(pid, signal.SIGKILL)
    sys.exit(1)

for line in open(sys.argv[1], encoding="utf-8"):
    word, _, rest = line.rstrip("\n").partition(" ")
    if word == "type":
        os.write(fd, rest.encode("utf-8").decode("unicode_escape").encode("latin-1"))
    elif word == "see":
        deadline = time.monotonic() + LIMIT
        while not (found := re.search(rest, text, re.S)):
            if time.monotonic() > deadline or not more():
                give_up("no " + rest)
        open("seen", "w").write(text[:found.end()])
        text = text[found.end():]
    elif word == "run":
        subprocess.call(rest, shell=True, stdout=subprocess.DEVNULL)
    elif word == "signal":
        os.kill(pid, getattr(signal, rest))
    elif word == "size":
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(rest), 0, 0))
    elif word == "end":
        deadline = time.monotonic() + LIMIT
        while status is None:
            more()
            done, code = os.waitpid(pid, os.WNOHANG)
            status = os.waitstatus_to_exitcode(code) if done else None
            if time.monotonic() > deadline:
                give_up("it does not end")
        print("exit", status)
END

# talk NAME: stdin is the script
talk()
{
	cat >script
	is "$1" 0 'exit 0' env TERM="${term:-xterm}" /usr/bin/python3 -B talk.py script
}
