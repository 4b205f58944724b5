/* LNG_API marks what the library shows; every other symbol of it is hidden. */
#ifndef LNGRAPH_EXPORT_H
#define LNGRAPH_EXPORT_H

#if defined __GNUC__
#define LNG_API __attribute__((__visibility__("default")))
#else
#define LNG_API
#endif

/* A printf format that the compiler checks: which parameter it is, and which is the first that it describes. */
#if defined __GNUC__
#define LNG_FORMAT(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define LNG_FORMAT(text, first)
#endif

#endif
