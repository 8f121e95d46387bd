#!/bin/sh
# What make lint checks in the structure: circles, includes that no room may have, dead functions.
. "$(dirname "$0")/tap.sh"
mkdir -p "$T/tree" && cd "$T/tree" || exit 1
mkdir -p lib/low lib/high cmd tests/unit
cat >lib/README.md <<'END'
| room | what it does | may include |
|---|---|---|
| low | the ground | |
| high | what stands on it | low |
END

# source FILE TEXT...: write it and compile it
compile()
{
	file=$1
	shift
	printf '%s\n' "$@" >"$file"
	mkdir -p "build/${file%/*}"
	${CC:-cc} -c -o "build/${file%.c}.o" "$file"
}

# found NAME WANTED: exactly these lines, and failure; or nothing, and success
found()
{
	is "$1" "$([ -z "$2" ]; echo $?)" "$2" python3 "$TOP/tests/symbols" build
}

compile cmd/tool.c 'void high(void); void use(void); int main(void) { high(); use(); }'
compile lib/low/a.c 'void a(void) { }'
compile lib/low/use.c 'void a(void); void use(void) { a(); }'
compile lib/high/high.c 'void a(void); void high(void) { a(); }'
found 'nothing is wrong' ''

compile lib/low/a.c 'void use(void); void a(void) { use(); }'
found 'a circle' 'circle: low/a low/use
  low/a needs use of low/use
  low/use needs a of low/a'

compile lib/low/a.c 'void high(void); void a(void) { high(); }'
found 'an arrow upwards' 'circle: high/high low/a
  high/high needs a of low/a
  low/a needs high of high/high
room: low/a needs high of high/high'

compile lib/low/a.c 'void a(void) { } void dead(void) { }'
found 'a function that nobody calls' 'dead, or to be static: lib/low/a.c: dead()'
compile lib/low/a.c 'void own(void) { } void a(void) { own(); }'
found 'one that only its file calls' 'dead, or to be static: lib/low/a.c: own()'
printf 'void own(void); void tested(void); int main(void) { own(); tested(); }\n' >tests/unit/a.c
found 'unless a test does as well' ''
compile lib/low/a.c 'void own(void) { } void a(void) { own(); } /* tested() */ void tested(void) { }'
found 'one that only a test calls' 'dead, or to be static: lib/low/a.c: tested()'
compile lib/low/a.c 'void a(void) { } void shim(void) { } double db_log(double x) { return x; }'
mkdir -p build/shim/cmd
printf 'void shim(void); int main(void) { shim(); }\n' >shim.c
${CC:-cc} -c -o build/shim/cmd/shim.o shim.c
found 'what the shim or SQLite calls is in use' ''
mv lib/low/a.c gone
found 'an object whose source has gone does not count' ''
finish
