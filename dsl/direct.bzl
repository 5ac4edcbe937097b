"""The direct build of a program in restricted C++ (docs/direct_build.md)."""

# Ints wrap in the language. Every function entry checks the stack, every access checks for null and
# every division for zero; dsl/direct_main.h holds what the compiler calls then. These are flags for
# compiling only: the link needs no sanitizer.
WEFT_DIRECT_COPTS = [
    "-std=c++20",
    "-fwrapv",
    "-ffp-contract=off",
    "-finstrument-functions",
    "-fsanitize=null,integer-divide-by-zero",
    "-fno-sanitize-recover=all",
    "-Wall",
    "-Wextra",
]

def weft_direct_binary(name, srcs, deps = [], **kwargs):
    """Builds a program with the system's C++ compiler and, as NAME_clang, with clang++.

    Args:
      name: the name of the binary.
      srcs: its sources and headers, with paths from the root of the repository in their includes.
      deps: cc_library targets besides the dsl.
      **kwargs: passed on to both, such as visibility.
    """
    native.cc_binary(
        name = name,
        srcs = srcs,
        copts = WEFT_DIRECT_COPTS,
        deps = deps + ["//dsl"],
        **kwargs
    )
    native.genrule(
        name = name + "_clang",
        srcs = srcs + ["//dsl:headers"],
        outs = [name + "_clang_binary"],
        # Compiled and linked apart: the link must not see -fsanitize, which would bring the
        # sanitizer's own run time.
        cmd = """
          objects=
          for source in $(SRCS); do
            case $$source in
              *.cc)
                clang++-19 -I. -O1 {flags} -c $$source -o $(RULEDIR)/{name}_$$(basename $$source).o
                objects="$$objects $(RULEDIR)/{name}_$$(basename $$source).o" ;;
            esac
          done
          clang++-19 $$objects -o $@
        """.format(name = name, flags = " ".join(WEFT_DIRECT_COPTS)),
        executable = True,
        message = "Building directly with clang++",
        **kwargs
    )
