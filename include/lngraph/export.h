/* LNG_API marks what the library exports; its other symbols are hidden. */
#ifndef LNGRAPH_EXPORT_H
#define LNGRAPH_EXPORT_H

#if defined __GNUC__
#define LNG_API __attribute__((__visibility__("default")))
#else
#define LNG_API
#endif

/* Has the compiler check a printf format: the number of that parameter, and of the first one that it formats. */
#if defined __GNUC__
#define LNG_FORMAT(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define LNG_FORMAT(text, first)
#endif

#endif
