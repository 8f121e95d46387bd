/* environment: captured variables, stored once for each distinct content */
#include "store/environment.h"

#include "base/hash.h"
#include "base/str.h"
#include "db/db.h"

static int64_t find_environment(int64_t digest, const char *data, size_t n)
{
	struct db_statement *s = db_prepare(
		"SELECT id FROM environment WHERE digest = :digest AND data = :data LIMIT 1");

	db_bind_int(s, ":digest", digest);
	db_bind_blob(s, ":data", data, n);
	return db_first(s, 0);
}

int64_t environment_save(const char *data, size_t n)
{
	int64_t digest = (int64_t)hash_fnv1a(data, n);
	int64_t id = find_environment(digest, data, n);
	struct db_statement *s;

	if (id)
		return id;
	s = db_prepare("INSERT INTO environment (digest, data) VALUES (:digest, :data)");
	db_bind_int(s, ":digest", digest);
	db_bind_blob(s, ":data", data, n);
	db_run(s);
	return db_last_id();
}

char *environment_load(int64_t id, size_t *n)
{
	struct db_statement *s = db_prepare("SELECT data FROM environment WHERE id = :id");
	const void *data;
	char *copy;

	db_bind_int(s, ":id", id);
	*n = 0;
	if (!db_step(s))
		return NULL;
	data = db_blob(s, 0, n);
	copy = mem_dupn(data, *n);
	db_end(s);
	return copy;
}
