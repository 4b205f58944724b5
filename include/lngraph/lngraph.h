/* lngraph: trains neural networks that are described in YAML.
 *
 * Everything that a program may use is declared here with LNG_API; every other symbol of the library is hidden.
 * Link with what `pkg-config --libs lngraph` says. */
#ifndef LNGRAPH_H
#define LNGRAPH_H

#if defined __GNUC__
#define LNG_API __attribute__((visibility("default")))
#else
#define LNG_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The library's version: "0.1.0". */
LNG_API const char *lng_version(void);

#ifdef __cplusplus
}
#endif
#endif
