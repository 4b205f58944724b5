/* The free blocks of a pool are a search tree by size and address. Chance balances it: it is a treap, whose priorities are hashes (Seidel
 * and Aragon, Randomized Search Trees, Algorithmica 16, 1996). */
#include "tape/pool.h"
#include "base/text.h"

typedef lng_pool_block block;

/* ---- the free blocks ---- */
static bool is_less(const block *a, const block *b)
{
    return a->bytes != b->bytes ? a->bytes < b->bytes : a->at < b->at;
}

static uint64_t priority(const block *b)
{
    return lng_hash(&b->at, sizeof b->at);
}

/* One tree of two, of which all of a is less than all of b. */
static block *join(block *a, block *b)
{
    if (!a || !b)
        return a ? a : b;
    if (priority(a) > priority(b)) {
        a->right = join(a->right, b);
        return a;
    }
    b->left = join(a, b->left);
    return b;
}

/* Two trees of one: what is less than b, and the rest. */
static void split(block *tree, const block *b, block **less, block **rest)
{
    if (!tree) {
        *less = *rest = NULL;
    } else if (is_less(tree, b)) {
        *less = tree;
        split(tree->right, b, &tree->right, rest);
    } else {
        *rest = tree;
        split(tree->left, b, less, &tree->left);
    }
}

static void insert(lng_pool *p, block *b)
{
    block *less, *rest;
    split(p->free, b, &less, &rest);
    b->free = true;
    b->left = b->right = NULL;
    p->free = join(join(less, b), rest);
}

static void withdraw(lng_pool *p, block *b)
{
    block **at = &p->free;
    while (*at != b)
        at = is_less(b, *at) ? &(*at)->left : &(*at)->right;
    *at = join(b->left, b->right);
    b->free = false;
}

static block *best_fit(const lng_pool *p, size_t bytes)
{
    block *best = NULL;
    for (block *b = p->free; b;)
        if (b->bytes >= bytes) {
            best = b;
            b = b->left;
        } else
            b = b->right;
    return best;
}

/* ---- all blocks ---- */
static block *add_after(lng_pool *p, lng_arena *arena, block *before, size_t at, size_t bytes)
{
    block *b = LNG_NEW(arena, block);
    *b = (block){.at = at, .bytes = bytes, .before = before, .after = before ? before->after : NULL};
    if (before)
        before->after = b;
    *(b->after ? &b->after->before : &p->last) = b;
    return b;
}

/* Joins a block with the one after it. Neither is in the tree. */
static void absorb_next(lng_pool *p, block *b)
{
    b->bytes += b->after->bytes;
    b->after = b->after->after;
    *(b->after ? &b->after->before : &p->last) = b;
}

static block *grow(lng_pool *p, lng_arena *arena, size_t bytes)
{
    block *b = p->last;
    if (b && b->free) { /* too small, but the space can grow from there */
        withdraw(p, b);
        b->bytes = bytes;
    } else
        b = add_after(p, arena, b, p->end, bytes);
    p->end = b->at + bytes;
    return b;
}

lng_pool_block *lng_pool_take(lng_pool *p, lng_arena *arena, size_t bytes)
{
    block *b = best_fit(p, bytes);
    if (!b)
        return grow(p, arena, bytes);
    withdraw(p, b);
    if (b->bytes > bytes)
        insert(p, add_after(p, arena, b, b->at + bytes, b->bytes - bytes));
    b->bytes = bytes;
    return b;
}

void lng_pool_return(lng_pool *p, lng_pool_block *b)
{
    if (b->after && b->after->free) {
        withdraw(p, b->after);
        absorb_next(p, b);
    }
    if (b->before && b->before->free) {
        b = b->before;
        withdraw(p, b);
        absorb_next(p, b);
    }
    insert(p, b);
}
