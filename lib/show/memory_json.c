/* memory_json: memory blocks and proposals as JSON */
#include "show/memory_json.h"

#include <cjson/cJSON.h>

#include "base/json.h"
#include "base/str.h"

/* 0, which stands for none, as null */
static void add_id(cJSON *object, const char *name, int64_t id)
{
	if (id)
		cJSON_AddNumberToObject(object, name, (double)id);
	else
		cJSON_AddNullToObject(object, name);
}

cJSON *memory_json_block(const struct memory_block *b)
{
	cJSON *object = cJSON_CreateObject();

	json_add_text(object, "user", b->user);
	json_add_text(object, "label", b->label);
	add_id(object, "version", b->version);
	json_add_text(object, "title", b->title);
	json_add_time(object, "updated_at", b->updated_at);
	json_add_text(object, "updated_by", b->updated_by);
	add_id(object, "proposal", b->proposal);
	json_add_text(object, "body", b->body);
	return object;
}

cJSON *memory_json_proposal(const struct memory_proposal *p)
{
	cJSON *object = cJSON_CreateObject();
	struct str difference = { 0 };

	str_add(&difference, "");
	memory_difference(p, &difference);
	add_id(object, "id", p->id);
	json_add_text(object, "status", memory_status_name(p->status));
	json_add_text(object, "user", p->user);
	json_add_text(object, "label", p->label);
	cJSON_AddNumberToObject(object, "base_version", (double)p->base);
	json_add_text(object, "title", p->title);
	json_add_time(object, "created_at", p->created_at);
	json_add_text(object, "proposed_by", p->by);
	add_id(object, "job", p->job);
	add_id(object, "session", p->session);
	json_add_time(object, "decided_at", p->decided_at);
	json_add_text(object, "decided_by", p->decided_by);
	json_add_text(object, "reason", p->reason);
	json_add_text(object, "body", p->body);
	json_add_text(object, "difference", difference.data);
	str_free(&difference);
	return object;
}
