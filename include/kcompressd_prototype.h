/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Prototypes of functions, as the kernel's BTF describes them, compared with
 * those that the module was built for.
 *
 * Nothing but logic over the bytes of BTF (Documentation/bpf/btf.rst), none of
 * which is trusted: the same code runs at load (module/prototype.c), at build
 * (proof/prove.c), when somebody asks whether it would load (tools/btf.c), and
 * under sanitizers in user space (test/prototype).
 *
 * A prototype is a text: "NAME RETURNS (ARGUMENT, ARGUMENT)".
 */
#ifndef KCOMPRESSD_PROTOTYPE_H
#define KCOMPRESSD_PROTOTYPE_H

#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
#endif

/* Longer prototypes are cut off, and then equal none. */
#define KCD_PROTOTYPE_TEXT 256
/* Pointers to pointers to const, and so on: no deeper. */
#define KCD_BTF_NESTING 8

#define KCD_BTF_MAGIC 0xeb9f

/*
 * The kernel's own names are not used: older headers lack the later kinds, and
 * have fewer bits for kind and count. The bits in between were always 0.
 */
#define KCD_BTF_KIND(info) ((info) >> 24 & 0x7f)
#define KCD_BTF_COUNT(info) ((info) & 0xffffff)
#define KCD_BTF_FLAG(info) ((info) >> 31)

enum kcd_btf_kind {
	KCD_BTF_INT = 1,
	KCD_BTF_PTR = 2,
	KCD_BTF_ARRAY = 3,
	KCD_BTF_STRUCT = 4,
	KCD_BTF_UNION = 5,
	KCD_BTF_ENUM = 6,
	KCD_BTF_FWD = 7,
	KCD_BTF_TYPEDEF = 8,
	KCD_BTF_VOLATILE = 9,
	KCD_BTF_CONST = 10,
	KCD_BTF_RESTRICT = 11,
	KCD_BTF_FUNC = 12,
	KCD_BTF_FUNC_PROTO = 13,
	KCD_BTF_VAR = 14,
	KCD_BTF_DATASEC = 15,
	KCD_BTF_FLOAT = 16,
	KCD_BTF_DECL_TAG = 17,
	KCD_BTF_TYPE_TAG = 18,
	KCD_BTF_ENUM64 = 19,
	KCD_BTF_KINDS,
};

struct kcd_btf_header {
	u16 magic;
	u8 version;
	u8 flags;
	u32 header_len;
	/* Offsets are from the end of the header. */
	u32 types;
	u32 types_len;
	u32 names;
	u32 names_len;
};

struct kcd_btf_type {
	u32 name;
	u32 info;
	u32 type;
};

struct kcd_btf_param {
	u32 name;
	u32 type;
};

/**
 * struct kcd_btf - BTF that has been looked over
 * @types: its types, one after the other
 * @types_len: bytes of @types
 * @names: its names; the last byte is zero
 * @names_len: bytes of @names
 * @nr: how many types; their numbers begin with 1
 * @offset: where in @types each begins, by number less one
 */
struct kcd_btf {
	const char *types;
	u32 types_len;
	const char *names;
	u32 names_len;
	u32 nr;
	u32 *offset;
};

struct kcd_text {
	char *text;
	size_t size;
	size_t len;
};

/**
 * enum kcd_proof - what BTF says of a prototype
 * @KCD_PROVED: it has the function, with this prototype
 * @KCD_DIFFERS: it has the function with another prototype
 * @KCD_UNKNOWN: it does not have the function
 */
enum kcd_proof {
	KCD_PROVED,
	KCD_DIFFERS,
	KCD_UNKNOWN,
};

/* Bytes that a type takes; 0 if its kind is not known. */
static inline size_t kcd_btf_size(u32 info)
{
	/* After the type itself: once, and for each of its parts. */
	static const struct {
		u8 once;
		u8 each;
	} extra[KCD_BTF_KINDS] = {
		[KCD_BTF_INT] = { .once = 4 },
		[KCD_BTF_ARRAY] = { .once = 12 },
		[KCD_BTF_STRUCT] = { .each = 12 },
		[KCD_BTF_UNION] = { .each = 12 },
		[KCD_BTF_ENUM] = { .each = 8 },
		[KCD_BTF_FUNC_PROTO] = { .each = sizeof(struct kcd_btf_param) },
		[KCD_BTF_VAR] = { .once = 4 },
		[KCD_BTF_DATASEC] = { .each = 12 },
		[KCD_BTF_DECL_TAG] = { .once = 4 },
		[KCD_BTF_ENUM64] = { .each = 12 },
	};
	u32 kind = KCD_BTF_KIND(info);

	if (!kind || kind >= KCD_BTF_KINDS)
		return 0;
	return sizeof(struct kcd_btf_type) + extra[kind].once +
	       extra[kind].each * (size_t)KCD_BTF_COUNT(info);
}

/* The type that begins there, or NULL if it is not all there. */
static inline const struct kcd_btf_type *kcd_btf_at(const struct kcd_btf *btf,
						    u32 offset)
{
	const struct kcd_btf_type *type = (const void *)(btf->types + offset);
	size_t size, rest = btf->types_len - offset;

	if (rest < sizeof(*type))
		return NULL;
	size = kcd_btf_size(type->info);
	return size && size <= rest ? type : NULL;
}

/**
 * kcd_btf_open() - look BTF over
 * @btf: to fill in, except for @offset, for which @nr numbers are needed
 * @data: what may be BTF, aligned to 4 bytes
 * @size: its bytes
 *
 * Return: false if it is damaged, or of a kind that this code does not know.
 */
static inline bool kcd_btf_open(struct kcd_btf *btf, const void *data,
				size_t size)
{
	const struct kcd_btf_header *header = data;
	const struct kcd_btf_type *type;
	size_t rest;
	u32 offset;

	if (size < sizeof(*header) || header->magic != KCD_BTF_MAGIC ||
	    header->header_len < sizeof(*header) || header->header_len > size)
		return false;
	rest = size - header->header_len;
	if (header->types > rest || header->types_len > rest - header->types ||
	    header->names > rest || header->names_len > rest - header->names ||
	    !header->names_len || (header->header_len | header->types) % 4)
		return false;
	btf->types = (const char *)data + header->header_len + header->types;
	btf->types_len = header->types_len;
	btf->names = (const char *)data + header->header_len + header->names;
	btf->names_len = header->names_len;
	if (btf->names[btf->names_len - 1])
		return false;

	btf->nr = 0;
	for (offset = 0; offset < btf->types_len;
	     offset += kcd_btf_size(type->info)) {
		type = kcd_btf_at(btf, offset);
		if (!type)
			return false;
		btf->nr++;
	}
	return btf->nr;
}

/**
 * kcd_btf_index() - make types be found by number
 * @btf: from kcd_btf_open()
 * @offset: room for its @nr numbers
 */
static inline void kcd_btf_index(struct kcd_btf *btf, u32 *offset)
{
	u32 at = 0, i;

	for (i = 0; i < btf->nr; i++) {
		offset[i] = at;
		at += kcd_btf_size(kcd_btf_at(btf, at)->info);
	}
	btf->offset = offset;
}

static inline const struct kcd_btf_type *kcd_btf_type(const struct kcd_btf *btf,
						      u32 id)
{
	/* 0 is void, and has no type. */
	return id && id <= btf->nr ? kcd_btf_at(btf, btf->offset[id - 1]) : NULL;
}

static inline const char *kcd_btf_name(const struct kcd_btf *btf, u32 name)
{
	return name < btf->names_len ? btf->names + name : "";
}

static inline void kcd_text_add(struct kcd_text *text, const char *what)
{
	size_t len = strlen(what);

	if (len > text->size - 1 - text->len)
		len = text->size - 1 - text->len;
	memcpy(text->text + text->len, what, len);
	text->len += len;
	text->text[text->len] = '\0';
}

/* Compilers do not agree on how to call the same type. */
static inline const char *kcd_btf_int_name(const char *name)
{
	static const char * const same[][2] = {
		{ "long unsigned int", "unsigned long" },
		{ "long int", "long" },
		{ "long long unsigned int", "unsigned long long" },
		{ "long long int", "long long" },
		{ "short unsigned int", "unsigned short" },
		{ "short int", "short" },
		{ NULL },
	};
	int i;

	for (i = 0; same[i][0]; i++)
		if (!strcmp(name, same[i][0]))
			return same[i][1];
	return name;
}

static inline void kcd_btf_add_type(const struct kcd_btf *btf, u32 id,
				    unsigned int nesting, struct kcd_text *text)
{
	const struct kcd_btf_type *type = kcd_btf_type(btf, id);
	const char *name;

	if (!type || nesting == KCD_BTF_NESTING) {
		kcd_text_add(text, id ? "?" : "void");
		return;
	}
	name = kcd_btf_name(btf, type->name);
	switch (KCD_BTF_KIND(type->info)) {
	case KCD_BTF_INT:
		kcd_text_add(text, kcd_btf_int_name(name));
		return;
	case KCD_BTF_FLOAT:
	case KCD_BTF_TYPEDEF:
		break;
	case KCD_BTF_STRUCT:
		kcd_text_add(text, "struct ");
		break;
	case KCD_BTF_UNION:
		kcd_text_add(text, "union ");
		break;
	case KCD_BTF_FWD:
		kcd_text_add(text, KCD_BTF_FLAG(type->info) ? "union " : "struct ");
		break;
	case KCD_BTF_ENUM:
	case KCD_BTF_ENUM64:
		kcd_text_add(text, "enum ");
		break;
	case KCD_BTF_PTR:
		kcd_btf_add_type(btf, type->type, nesting + 1, text);
		if (!text->len || text->text[text->len - 1] != '*')
			kcd_text_add(text, " ");
		kcd_text_add(text, "*");
		return;
	case KCD_BTF_CONST:
		kcd_text_add(text, "const ");
		kcd_btf_add_type(btf, type->type, nesting + 1, text);
		return;
	case KCD_BTF_VOLATILE:
		kcd_text_add(text, "volatile ");
		kcd_btf_add_type(btf, type->type, nesting + 1, text);
		return;
	case KCD_BTF_TYPE_TAG:
		/* Attributes such as __user, which the compiler ignores. */
		kcd_btf_add_type(btf, type->type, nesting + 1, text);
		return;
	default:
		kcd_text_add(text, "?");
		return;
	}
	kcd_text_add(text, *name ? name : "?");
}

/* "RETURNS (ARGUMENTS)" of a function. */
static inline void kcd_btf_add_function(const struct kcd_btf *btf, u32 id,
					struct kcd_text *text)
{
	const struct kcd_btf_type *type = kcd_btf_type(btf, id);
	const struct kcd_btf_param *param;
	u32 i, count;

	if (!type || KCD_BTF_KIND(type->info) != KCD_BTF_FUNC_PROTO) {
		kcd_text_add(text, "?");
		return;
	}
	kcd_btf_add_type(btf, type->type, 0, text);
	kcd_text_add(text, " (");
	param = (const void *)(type + 1);
	count = KCD_BTF_COUNT(type->info);
	for (i = 0; i < count; i++) {
		if (i)
			kcd_text_add(text, ", ");
		/* void comes last and stands for any more arguments. */
		if (param[i].type)
			kcd_btf_add_type(btf, param[i].type, 0, text);
		else
			kcd_text_add(text, "...");
	}
	kcd_text_add(text, count ? ")" : "void)");
}

/**
 * kcd_prototype_prove() - has the kernel this function, with this prototype?
 * @btf: the kernel's; indexed
 * @prototype: "NAME RETURNS (ARGUMENTS)"
 * @found: where the prototype goes that BTF has, in the same form, if it differs;
 *	   of KCD_PROTOTYPE_TEXT bytes
 *
 * There may be several functions of one name; one that differs is enough.
 *
 * Return: see enum kcd_proof.
 */
static inline enum kcd_proof kcd_prototype_prove(const struct kcd_btf *btf,
						 const char *prototype,
						 char *found)
{
	size_t len = strcspn(prototype, " ");
	enum kcd_proof proof = KCD_UNKNOWN;
	u32 id;

	for (id = 1; id <= btf->nr; id++) {
		const struct kcd_btf_type *type = kcd_btf_type(btf, id);
		struct kcd_text text = { found, KCD_PROTOTYPE_TEXT };
		const char *name = kcd_btf_name(btf, type->name);

		if (KCD_BTF_KIND(type->info) != KCD_BTF_FUNC ||
		    strncmp(name, prototype, len) || name[len])
			continue;
		kcd_text_add(&text, name);
		kcd_text_add(&text, " ");
		kcd_btf_add_function(btf, type->type, &text);
		if (strcmp(found, prototype))
			return KCD_DIFFERS;
		proof = KCD_PROVED;
	}
	return proof;
}

#endif /* KCOMPRESSD_PROTOTYPE_H */
