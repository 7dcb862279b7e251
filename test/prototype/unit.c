// SPDX-License-Identifier: GPL-2.0
/*
 * Prototypes against BTF that is made here: good, unusual, and damaged.
 */
#include "kcompressd_prototype.h"
#include "ktap.h"

/* Where the BTF of a case is built up. */
static struct {
	u32 words[4096];
	u32 nr_words;
	u32 nr_types;
	char names[4096];
	u32 names_len;
} made;

/* Types that all cases may use. */
static struct {
	u32 character;
	u32 integer;
	u32 page;
	u32 page_ptr;
	u32 control;
	u32 control_ptr;
} type;

static u32 name(const char *text)
{
	u32 at = made.names_len;

	memcpy(made.names + at, text, strlen(text));
	made.names_len += strlen(text) + 1;
	return at;
}

static void word(u32 value)
{
	made.words[made.nr_words++] = value;
}

static u32 add_counted(enum kcd_btf_kind kind, const char *text, u32 count,
		       u32 what)
{
	word(*text ? name(text) : 0);
	word((u32)kind << 24 | count);
	word(what);
	return ++made.nr_types;
}

static u32 add(enum kcd_btf_kind kind, const char *text, u32 what)
{
	return add_counted(kind, text, 0, what);
}

static u32 add_int(const char *text, u32 bytes)
{
	u32 id = add(KCD_BTF_INT, text, bytes);

	word(8 * bytes);
	return id;
}

static u32 add_proto(u32 returns, u32 count, const u32 *arguments)
{
	u32 id = add_counted(KCD_BTF_FUNC_PROTO, "", count, returns);

	for (u32 i = 0; i < count; i++) {
		word(name("argument"));
		word(arguments[i]);
	}
	return id;
}

/* Linkage 1 is global; it stands where others count their parts. */
static void add_function(const char *text, u32 proto)
{
	add_counted(KCD_BTF_FUNC, text, 1, proto);
}

static void begin(void)
{
	memset(&made, 0, sizeof(made));
	made.names_len = 1;
	type.character = add_int("char", 1);
	type.integer = add_int("int", 4);
	type.page = add(KCD_BTF_STRUCT, "page", 0);
	type.page_ptr = add(KCD_BTF_PTR, "", type.page);
	type.control = add(KCD_BTF_STRUCT, "writeback_control", 0);
	type.control_ptr = add(KCD_BTF_PTR, "", type.control);
}

static void add_swap_writepage(void)
{
	const u32 arguments[] = { type.page_ptr, type.control_ptr };

	add_function("swap_writepage", add_proto(type.integer, 2, arguments));
}

/* What was made, in memory of its own, so that a byte too far is noticed. */
static char *blob(size_t *size)
{
	struct kcd_btf_header header = {
		.magic = KCD_BTF_MAGIC,
		.version = 1,
		.header_len = sizeof(header),
		.types_len = made.nr_words * sizeof(u32),
		.names = made.nr_words * sizeof(u32),
		.names_len = made.names_len,
	};
	char *data;

	*size = sizeof(header) + header.types_len + header.names_len;
	data = malloc(*size);
	memcpy(data, &header, sizeof(header));
	memcpy(data + sizeof(header), made.words, header.types_len);
	memcpy(data + sizeof(header) + header.names, made.names, header.names_len);
	return data;
}

static bool opens(const void *data, size_t size)
{
	struct kcd_btf btf;

	return kcd_btf_open(&btf, data, size);
}

static enum kcd_proof prove_in(struct kcd_btf *btf, const char *prototype,
			       char *found)
{
	u32 *offset = calloc(btf->nr, sizeof(*offset));
	enum kcd_proof proof;

	kcd_btf_index(btf, offset);
	proof = kcd_prototype_prove(btf, prototype, found);
	free(offset);
	return proof;
}

static enum kcd_proof prove(const char *prototype, char *found)
{
	enum kcd_proof proof = KCD_UNKNOWN;
	struct kcd_btf btf;
	size_t size;
	char *data = blob(&size);

	if (CHECK(kcd_btf_open(&btf, data, size)))
		proof = prove_in(&btf, prototype, found);
	free(data);
	return proof;
}

#define SWAP_WRITEPAGE \
	"swap_writepage int (struct page *, struct writeback_control *)"

static void same(void)
{
	char found[KCD_PROTOTYPE_TEXT];

	begin();
	add_swap_writepage();
	CHECK(prove(SWAP_WRITEPAGE, found) == KCD_PROVED);
}

static void differs(void)
{
	static const char * const others[] = {
		"swap_writepage int (struct page *)",
		"swap_writepage int (struct page *, struct writeback_control *, int)",
		"swap_writepage int (struct page *, struct writeback_control)",
		"swap_writepage int (struct writeback_control *, struct page *)",
		"swap_writepage void (struct page *, struct writeback_control *)",
		"swap_writepage int (struct folio *, struct writeback_control *)",
		"swap_writepage int (struct page **, struct writeback_control *)",
		"swap_writepage",
	};
	char found[KCD_PROTOTYPE_TEXT];

	begin();
	add_swap_writepage();
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		CHECK(prove(others[i], found) == KCD_DIFFERS);
		CHECK(!strcmp(found, SWAP_WRITEPAGE));
	}
}

static void unknown(void)
{
	char found[KCD_PROTOTYPE_TEXT];

	begin();
	add_swap_writepage();
	CHECK(prove("swap_writeout int (void)", found) == KCD_UNKNOWN);
	/* Neither is a name that begins like another. */
	CHECK(prove("swap_write int (void)", found) == KCD_UNKNOWN);
	CHECK(prove("swap_writepages int (void)", found) == KCD_UNKNOWN);

	/* Nor is something else of the name. */
	add(KCD_BTF_TYPEDEF, "swap_writeout", type.integer);
	add(KCD_BTF_VAR, "swap_writeout", type.integer);
	word(0);
	CHECK(prove("swap_writeout int (void)", found) == KCD_UNKNOWN);
}

static void two_of_a_name(void)
{
	char found[KCD_PROTOTYPE_TEXT];

	begin();
	add_swap_writepage();
	add_swap_writepage();
	CHECK(prove(SWAP_WRITEPAGE, found) == KCD_PROVED);
	add_function("swap_writepage", add_proto(0, 0, NULL));
	CHECK(prove(SWAP_WRITEPAGE, found) == KCD_DIFFERS);
	CHECK(!strcmp(found, "swap_writepage void (void)"));
}

/* A function with one argument of each kind of type. */
static void kinds(void)
{
	u32 arguments[22], n = 0, id;
	char found[KCD_PROTOTYPE_TEXT];

	begin();
	arguments[n++] = add_int("long unsigned int", 8);
	arguments[n++] = add_int("unsigned long", 8);
	arguments[n++] = add_int("long int", 8);
	arguments[n++] = add_int("short unsigned int", 2);
	arguments[n++] = add(KCD_BTF_TYPEDEF, "u64", arguments[0]);
	id = add(KCD_BTF_CONST, "", type.character);
	arguments[n++] = add(KCD_BTF_PTR, "", id);
	arguments[n++] = add(KCD_BTF_PTR, "", type.page_ptr);
	arguments[n++] = add(KCD_BTF_PTR, "", 0);
	arguments[n++] = add_counted(KCD_BTF_UNION, "u", 1, 8);
	word(0);
	word(type.integer);
	word(0);
	arguments[n++] = add_counted(KCD_BTF_ENUM, "e", 2, 4);
	for (int i = 0; i < 4; i++)
		word(0);
	arguments[n++] = add_counted(KCD_BTF_ENUM64, "e64", 1, 8);
	for (int i = 0; i < 3; i++)
		word(0);
	arguments[n++] = add(KCD_BTF_FWD, "f", 0);
	add_counted(KCD_BTF_DATASEC, ".data", 2, 8);
	for (int i = 0; i < 6; i++)
		word(0);
	arguments[n++] = add(KCD_BTF_FLOAT, "double", 8);
	arguments[n++] = add(KCD_BTF_VOLATILE, "", type.integer);
	arguments[n++] = add(KCD_BTF_TYPE_TAG, "user", type.page_ptr);
	add(KCD_BTF_DECL_TAG, "tag", type.page);
	word(0);
	/* What an argument never is, and a type without a name. */
	arguments[n++] = add(KCD_BTF_ARRAY, "", 0);
	for (int i = 0; i < 3; i++)
		word(0);
	arguments[n++] = add(KCD_BTF_STRUCT, "", 0);
	arguments[n++] = 4000;
	arguments[n++] = 0;
	add_function("all", add_proto(0, n, arguments));
	id = add(KCD_BTF_FWD, "f", 0);
	made.words[made.nr_words - 2] |= 1u << 31;
	add_function("flag", add_proto(id, 0, NULL));

	CHECK(prove("all void (unsigned long, unsigned long, long, "
		    "unsigned short, u64, const char *, struct page **, void *, "
		    "union u, enum e, enum e64, struct f, double, volatile int, "
		    "struct page *, ?, struct ?, ?, ...)", found) == KCD_PROVED);
	CHECK(prove("flag union f (void)", found) == KCD_PROVED);
}

/* Types that refer to themselves, or to what is no prototype. */
static void crooked(void)
{
	char found[KCD_PROTOTYPE_TEXT];
	u32 id;

	begin();
	id = add(KCD_BTF_PTR, "", made.nr_types + 1);
	add_function("circle", add_proto(id, 1, &id));
	add_function("none", 0);
	add_function("wrong", type.page);
	CHECK(prove("circle void (void)", found) == KCD_DIFFERS);
	CHECK(!strcmp(found, "circle ? ******** (? ********)"));
	CHECK(prove("none int (void)", found) == KCD_DIFFERS);
	CHECK(!strcmp(found, "none ?"));
	CHECK(prove("wrong int (void)", found) == KCD_DIFFERS);
	CHECK(!strcmp(found, "wrong ?"));
}

static void too_long(void)
{
	char text[2 * KCD_PROTOTYPE_TEXT] = "f struct ", *found;

	found = malloc(KCD_PROTOTYPE_TEXT);
	begin();
	memset(text + strlen(text), 'x', KCD_PROTOTYPE_TEXT);
	add_function("f", add_proto(add(KCD_BTF_STRUCT, text + 9, 0), 0, NULL));
	strcat(text, " (void)");
	CHECK(prove(text, found) == KCD_DIFFERS);
	CHECK(strlen(found) == KCD_PROTOTYPE_TEXT - 1);
	free(found);
}

static void bad_headers(void)
{
	static const struct {
		size_t at;
		u32 value;
	} bad[] = {
		{ offsetof(struct kcd_btf_header, magic), 0x0001eb9e },
		{ offsetof(struct kcd_btf_header, header_len), 0 },
		{ offsetof(struct kcd_btf_header, header_len), 20 },
		{ offsetof(struct kcd_btf_header, header_len), 26 },
		{ offsetof(struct kcd_btf_header, header_len), 1 << 20 },
		{ offsetof(struct kcd_btf_header, types), 2 },
		{ offsetof(struct kcd_btf_header, types), UINT32_MAX },
		{ offsetof(struct kcd_btf_header, types_len), 0 },
		{ offsetof(struct kcd_btf_header, types_len), UINT32_MAX },
		{ offsetof(struct kcd_btf_header, names), UINT32_MAX },
		{ offsetof(struct kcd_btf_header, names_len), 0 },
		{ offsetof(struct kcd_btf_header, names_len), UINT32_MAX },
	};
	size_t size;
	char *data;

	begin();
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		data = blob(&size);
		CHECK(opens(data, size));
		memcpy(data + bad[i].at, &bad[i].value, sizeof(u32));
		CHECK(!opens(data, size));
		free(data);
	}
	data = blob(&size);
	data[size - 1] = 'x';
	CHECK(!opens(data, size));
	free(data);
}

/* A header may grow at its end. */
static void longer_header(void)
{
	struct kcd_btf_header *header;
	size_t size;
	char *data, *longer;

	begin();
	data = blob(&size);
	longer = malloc(size + 8);
	memcpy(longer, data, sizeof(*header));
	memset(longer + sizeof(*header), 0xff, 8);
	memcpy(longer + sizeof(*header) + 8, data + sizeof(*header),
	       size - sizeof(*header));
	header = (void *)longer;
	header->header_len += 8;
	CHECK(opens(longer, size + 8));
	CHECK(!opens(longer, size));
	free(longer);
	free(data);
}

static void unknown_kind(void)
{
	char found[KCD_PROTOTYPE_TEXT];
	size_t size;
	char *data;

	for (u32 kind = KCD_BTF_KINDS; kind < 128; kind++) {
		begin();
		add_swap_writepage();
		CHECK(prove(SWAP_WRITEPAGE, found) == KCD_PROVED);
		add(kind, "new", 0);
		data = blob(&size);
		CHECK(!opens(data, size));
		free(data);
	}
}

static void every_length(void)
{
	size_t size, len;
	char *data, *part;

	begin();
	add_swap_writepage();
	data = blob(&size);
	for (len = 0; len < size; len++) {
		part = malloc(len);
		memcpy(part, data, len);
		CHECK(!opens(part, len));
		free(part);
	}
	free(data);
}

/* The names may come first: then nothing lies behind the last type. */
static void last_type_cut_off(void)
{
	struct kcd_btf_header header = {
		.magic = KCD_BTF_MAGIC,
		.version = 1,
		.header_len = sizeof(header),
		.names_len = 8,
		.types = 8,
	};
	const u32 pointer[] = { 0, KCD_BTF_PTR << 24, 0 };
	const u32 counted[] = { 0, KCD_BTF_STRUCT << 24 | 1, 0 };
	char *data;
	u32 len;

	for (len = 4; len <= sizeof(pointer); len += 4) {
		header.types_len = len;
		data = calloc(1, sizeof(header) + 8 + len);
		memcpy(data, &header, sizeof(header));
		memcpy(data + sizeof(header) + 8, pointer, len);
		CHECK(opens(data, sizeof(header) + 8 + len) ==
		      (len == sizeof(pointer)));
		memcpy(data + sizeof(header) + 8, counted, len);
		CHECK(!opens(data, sizeof(header) + 8 + len));
		free(data);
	}
}

/* Whatever a byte is: no step outside. What is said does not matter. */
static void every_byte(void)
{
	char found[KCD_PROTOTYPE_TEXT];
	struct kcd_btf btf;
	size_t size, at;
	char *data;
	int value;

	begin();
	add_swap_writepage();
	for (at = 0; ; at++) {
		for (value = 0; value < 256; value++) {
			data = blob(&size);
			if (at == size) {
				free(data);
				return;
			}
			data[at] = value;
			if (kcd_btf_open(&btf, data, size))
				CHECK(prove_in(&btf, SWAP_WRITEPAGE, found) <=
				      KCD_UNKNOWN);
			free(data);
		}
	}
}

int main(void)
{
	static const struct ktap_case cases[] = {
		{ "same", same },
		{ "differs", differs },
		{ "unknown", unknown },
		{ "two_of_a_name", two_of_a_name },
		{ "kinds", kinds },
		{ "crooked", crooked },
		{ "too_long", too_long },
		{ "bad_headers", bad_headers },
		{ "longer_header", longer_header },
		{ "unknown_kind", unknown_kind },
		{ "every_length", every_length },
		{ "last_type_cut_off", last_type_cut_off },
		{ "every_byte", every_byte },
	};

	return ktap_main(cases, sizeof(cases) / sizeof(cases[0]));
}
