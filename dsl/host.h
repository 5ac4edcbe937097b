#ifndef WEFT_DSL_HOST_H_
#define WEFT_DSL_HOST_H_

// Classes and functions of the platform that a program is translated for: Java's on the JVM, .NET's
// on the CLI. docs/language.md, Host classes, has the rules.
//
//   class WEFT_HOST_CLASS("jvm:java.util.regex.Pattern",
//                         "cli:[System]System.Text.RegularExpressions.Regex") Regex
//       : public weft::HostObject {
//    public:
//     WEFT_HOST_METHOD("jvm:static compile", "cli:new")
//     static Regex* compile(weft::Str pattern) { return new Regex(pattern); }
//   ...
//
// Where the platform has no such class (C, the direct build, `weft run`) it is an ordinary class,
// and its methods are what their bodies say.

#include "dsl/exception.h"
#include "dsl/object.h"

namespace weft {

// What the host's classes are derived from: the root of its own. Their objects are compared, kept
// and passed on as any others; only the host makes them.
class WEFT_HOST_CLASS("jvm:java.lang.Object", "cli:System.Object") HostObject : public Object {};

// An exception of the host's own that left one of its functions. The message is the host's text.
class HostError : public Exception {
 public:
  using Exception::Exception;
};

#ifdef __WEFT__
// How an exception of the host's arrives.
[[clang::annotate("weft.host_error")]]
inline HostError* make_host_error(Str text) {
  return new HostError(text);
}
#endif

}  // namespace weft

#endif  // WEFT_DSL_HOST_H_
