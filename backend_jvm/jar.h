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
  // Compressed by whoever made it; stored as it is.
  bool is_packed = false;
};

// One entry that holds all of these classes, for weft.Main (backend_jvm/runtime/weft/Main.java),
// which starts a program faster than from an entry for each class. `first`: the names of those that
// it loads while the program begins.
JarEntry MakeClassesEntry(const std::vector<JarEntry>& classes,
                          const std::vector<std::string>& first);

// The archive of these entries, in the given order: the same input gives the same bytes, since no
// entry has a time.
std::string MakeJar(const std::vector<JarEntry>& entries);

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_JAR_H_
