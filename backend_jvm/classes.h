#ifndef WEFT_BACKEND_JVM_CLASSES_H_
#define WEFT_BACKEND_JVM_CLASSES_H_

#include <string>
#include <string_view>
#include <vector>

#include "backend_common/frozen_image.h"
#include "backend_common/reachability.h"
#include "backend_jvm/class_file.h"
#include "backend_jvm/code.h"
#include "backend_jvm/method_writer.h"
#include "backend_jvm/types.h"

// The classes of a program besides those that hold its functions.
namespace weft::backend_jvm {

// Adds a method with this code, which is complete.
void AddMethod(ClassFile& file, uint16_t access, std::string_view name, std::string_view descriptor,
               Code& code);
// The constructor without parameters, which calls that of the class above.
void AddConstructor(ClassFile& file);

// The class of a container's objects: fields, virtual methods that call the functions, accessors of
// its fields by number if places of them are taken, and its identity hash if somebody asks for it.
ClassFile WriteContainerClass(Types& types, ContainerId id, const Needs& needs,
                              const backend_common::Reachable& reachable);
// The class with which plain objects of the root class are made.
ClassFile WritePlainRoot(Types& types);
// The class of a function type: its objects have a number, and `call` switches on it.
ClassFile WriteFunctionClass(Types& types, TypeId type);
// A constant table: static arrays that are read when it is first used.
ClassFile WriteTableClass(Types& types, GlobalId id, const std::vector<uint32_t>& fields);
// The static fields that hold frozen objects which code names.
ClassFile WriteHeapClass(Types& types, uint32_t number, const std::vector<FrozenId>& objects,
                         const backend_common::FrozenImage& image);
ClassFile WriteGlobals(Types& types, const backend_common::FrozenImage& image);
// Bytes in the constants of a class, which a method parts() gives: of all resources the one that a
// program finds in the shortest time.
ClassFile WriteBytesClass(std::string_view name, const std::string& bytes);
inline constexpr std::string_view kImageClass = "weft/Image";
inline constexpr std::string_view kLinesClass = "weft/Lines";
// The class with main(), which makes frozen objects and knows the program's entry. All functions
// have been written.
ClassFile WriteProgramClass(Types& types, const backend_common::FrozenImage& image,
                            const Needs& needs);
// The class whose initialisation starts the program with the arguments of weft.Main: to call main()
// by its name, the JDK's reflection takes some 0.3 ms.
ClassFile WriteStartClass();

}  // namespace weft::backend_jvm

#endif  // WEFT_BACKEND_JVM_CLASSES_H_
