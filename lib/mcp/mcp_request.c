/* mcp_request: one request of an MCP client, and the revision of the protocol it follows */
#include "mcp/mcp_request.h"

#include <stdint.h>
#include <string.h>

#include <cjson/cJSON.h>

#define META "io.modelcontextprotocol/"

static const char *const versions[] = { MCP_MODERN, MCP_LEGACY, "2025-06-18", "2025-03-26",
	"2024-11-05" };

enum { VERSIONS = sizeof(versions) / sizeof(*versions) };

static const cJSON *member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

struct cJSON *mcp_request_versions(void)
{
	return cJSON_CreateStringArray((const char **)(uintptr_t)versions, VERSIONS);
}

const char *mcp_request_agree(const char *wanted)
{
	for (size_t i = 1; i < VERSIONS; i++)
		if (strcmp(versions[i], wanted) == 0)
			return versions[i];
	return MCP_LEGACY;
}

struct cJSON *mcp_request_server(void)
{
	cJSON *server = cJSON_CreateObject();

	cJSON_AddStringToObject(server, "name", "bgjob");
	cJSON_AddStringToObject(server, "version", BGJOB_VERSION);
	return server;
}

static int refuse_version(const struct mcp_request *r, const char *wanted, struct str *answer)
{
	cJSON *data = cJSON_CreateObject();

	cJSON_AddItemToObject(data, "supported", mcp_request_versions());
	cJSON_AddStringToObject(data, "requested", wanted);
	mcp_request_refuse(r, answer, MCP_NO_VERSION, "Unsupported protocol version", data);
	return -1;
}

static int refuse_request(const struct mcp_request *r, const char *reason, struct str *answer)
{
	mcp_request_refuse(r, answer, JSONRPC_PARAMS, reason, NULL);
	return -1;
}

/* specification/2026-07-28/basic: "Per-request protocol fields" */
static int read_modern(struct mcp_request *r, const cJSON *meta, const cJSON *version,
	struct str *answer)
{
	const cJSON *capabilities = member(meta, META "clientCapabilities");

	if (!cJSON_IsString(version))
		return refuse_request(r, "_meta: " META "protocolVersion is not a string", answer);
	if (strcmp(version->valuestring, MCP_MODERN) != 0)
		return refuse_version(r, version->valuestring, answer);
	if (!cJSON_IsObject(capabilities))
		return refuse_request(r, "_meta: " META "clientCapabilities is missing", answer);
	r->modern = 1;
	r->version = MCP_MODERN;
	r->tasks = cJSON_IsObject(member(member(capabilities, "extensions"), MCP_TASKS));
	return 0;
}

static int begins_legacy(const struct mcp_request *r)
{
	return strcmp(r->message.method, "initialize") == 0 ||
		strcmp(r->message.method, "ping") == 0;
}

int mcp_request_read(struct mcp_request *r, struct jsonrpc_message *m, const char *agreed,
	struct str *answer)
{
	const cJSON *meta = member(m->params, "_meta");
	const cJSON *version = member(meta, META "protocolVersion");
	const cJSON *token = member(meta, "progressToken");

	*r = (struct mcp_request){ .message = *m, .version = agreed ? agreed : MCP_LEGACY };
	*m = (struct jsonrpc_message){ 0 };
	if (cJSON_IsString(token) || cJSON_IsNumber(token))
		r->token = token;
	if (strcmp(r->message.method, "initialize") == 0)
		return 0;
	if (version)
		return read_modern(r, meta, version, answer);
	if (!agreed && !begins_legacy(r))
		return refuse_request(r,
			"_meta: " META
			"protocolVersion is missing, and initialize has not agreed on "
			"one",
			answer);
	return 0;
}

void mcp_request_free(struct mcp_request *r)
{
	jsonrpc_free(&r->message);
}

int mcp_request_since(const struct mcp_request *r, const char *version)
{
	return strcmp(r->version, version) >= 0;
}

const char *mcp_request_text(const struct mcp_request *r, const char *name)
{
	return cJSON_GetStringValue(member(r->message.params, name));
}

void mcp_request_answer(const struct mcp_request *r, struct str *s, cJSON *result, const char *type)
{
	if (r->modern) {
		cJSON *meta = cJSON_GetObjectItemCaseSensitive(result, "_meta");

		cJSON_AddStringToObject(result, "resultType", type);
		if (!meta)
			meta = cJSON_AddObjectToObject(result, "_meta");
		cJSON_AddItemToObject(meta, META "serverInfo", mcp_request_server());
	}
	jsonrpc_result(s, r->message.id, result);
	cJSON_Delete(result);
}

void mcp_request_refuse(const struct mcp_request *r, struct str *s, int code, const char *message,
	cJSON *data)
{
	jsonrpc_error(s, r->message.id, code, message, data);
	cJSON_Delete(data);
}
