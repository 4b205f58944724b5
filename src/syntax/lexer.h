/* Tokens of expressions, ports (`x[..., n]`) and attribute types (`float in [0, 1) = 0.5`). */
#ifndef LNG_SYNTAX_LEXER_H
#define LNG_SYNTAX_LEXER_H
#include "syntax/expression.h"

typedef enum lng_token_kind {
    LNG_TOKEN_END,
    LNG_TOKEN_INT,
    LNG_TOKEN_FLOAT,
    LNG_TOKEN_STRING,
    LNG_TOKEN_NAME,
    LNG_TOKEN_MARK, /* one of ( ) [ ] { } , : . = ? and "..." */
    LNG_TOKEN_SIGN, /* an operator, also and, or, not */
    LNG_TOKEN_WORD, /* if else for in true false */
    LNG_TOKEN_BAD   /* an error has been recorded */
} lng_token_kind;

typedef struct lng_token {
    lng_token_kind kind;
    size_t offset, length; /* bytes in the scalar */
    lng_place place;
    lng_sign sign;
    int64_t i;
    double f;
    const char *text; /* name, mark, word: the text; string: without quotes */
} lng_token;

typedef struct lng_lexer {
    lng_arena *arena;
    lng_errors *errors;
    const lng_doc *doc;
    lng_doc_walk walk;
    size_t at;
    lng_token token; /* the current one */
} lng_lexer;

lng_lexer lng_lexer_new(lng_arena *, const lng_doc *, lng_errors *); /* its first token is the current one */
void lng_lexer_next(lng_lexer *);
bool lng_lexer_is(const lng_lexer *, const char *mark_or_word);
bool lng_lexer_take(lng_lexer *, const char *mark_or_word); /* skips it if it is there */
/* The expression that starts here, up to the first token that does not belong to it (expression.c); NULL after an error. */
lng_expr *lng_lexer_expression(lng_lexer *);
/* Records "expected X, found Y" at the current token, unless it is BAD; always false. */
bool lng_lexer_expected(lng_lexer *, const char *what);
/* A hint after an error, if there is a comma between digits at this byte: 0,5 should be 0.5. */
void lng_lexer_comma_hint(const lng_lexer *, size_t at);
#endif
