#ifndef WEFT_BACKEND_JVM_JAR_H_
#define WEFT_BACKEND_JVM_JAR_H_

#include <string>
#include <vector>

// Archives as java -jar takes them.
namespace weft::backend_jvm {

struct JarEntry {
  // With slashes; no leading one.
  std::string path;
  std::string bytes;
};

// The archive of these entries, in the given order: the same input gives the same bytes, since no
// entry has a time.
std::string MakeJar(const std::vector<JarEntry>& entries);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_JAR_H_
