/* The program lngraph: all of it is in the library. */
#include "lngraph/lngraph.h"

int main(int argc, char **argv)
{
    return lng_main(argc, argv);
}
