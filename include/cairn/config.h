/// Version, linkage and build-time configuration.
#ifndef CAIRN_CONFIG_H
#define CAIRN_CONFIG_H

#define CAIRN_VERSION_MAJOR 0
#define CAIRN_VERSION_MINOR 1
#define CAIRN_VERSION_PATCH 0
#define CAIRN_VERSION_STRING "0.1.0"
/// One number to compare: 1000000 * major + 1000 * minor + patch.
#define CAIRN_VERSION_NUMBER \
    (CAIRN_VERSION_MAJOR * 1000000 + CAIRN_VERSION_MINOR * 1000 + CAIRN_VERSION_PATCH)

/// 0: a release build. 1 and above: a *checked* build, in which inline reference counting calls the
/// library and detects misuse. The library's build sets the level for everything that links it.
#ifndef CAIRN_CHECK_LEVEL
#define CAIRN_CHECK_LEVEL 0
#endif

#if defined(__GNUC__) || defined(__clang__)
#define CAIRN_API __attribute__((visibility("default")))
#define CAIRN_LIKELY(condition) __builtin_expect(!!(condition), 1)
#else
#define CAIRN_API
#define CAIRN_LIKELY(condition) (condition)
#endif

#endif
