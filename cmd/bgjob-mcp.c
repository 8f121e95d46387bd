/* bgjob-mcp: serve the toolkit to MCP clients */
#include <unistd.h>

#include "base/arg.h"
#include "base/die.h"
#include "base/out.h"
#include "mcp/mcp.h"
#include "store/target.h"

enum { TOOLS = 256, WORKSPACE, NOTIFY };

static const struct arg_option options[] = {
	{ 'u', "user", "ID", "whose jobs these are (default: the store's owner)" },
	{ TOOLS, "tools", "LIST", "offer only these" },
	{ WORKSPACE, "workspace", "DIR", "offer file tools and a shell in this folder" },
	{ NOTIFY, "notify", "TARGET", "who to tell when the jobs it starts end" },
	{ 0 },
};

static void parse(int argc, char *argv[], struct mcp_options *o)
{
	static struct str why; /* static: not a leak when die_usage() exits */
	int id;

	while ((id = arg_next(argc, argv, 0)) >= 0) {
		switch (id) {
		case 'u': o->user = optarg; break;
		case TOOLS: o->tools = optarg; break;
		case WORKSPACE: o->folder = optarg; break;
		case NOTIFY: o->target = optarg; break;
		}
	}
	if (optind < argc)
		die_usage("takes no operands: %s", argv[optind]);
	if (o->user && !*o->user)
		die_usage("--user: empty");
	if (o->target && target_check(o->target, &why) < 0)
		die_usage("--notify: %s", why.data);
}

int main(int argc, char *argv[])
{
	struct mcp_options o = { 0 };
	struct str why = { 0 };

	arg_init("bgjob-mcp", "Serve the toolkit to MCP clients.", "[options]", options);
	parse(argc, argv, &o);
	if (isatty(STDIN_FILENO))
		warn("this is for programs: it speaks MCP, JSON-RPC on stdin and stdout");
	if (mcp_serve(&o, STDIN_FILENO, STDOUT_FILENO, &why) < 0)
		die_usage("%s", why.data);
	str_free(&why);
	out_done();
	return EXIT_DONE;
}
