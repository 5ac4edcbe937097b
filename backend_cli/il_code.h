#ifndef WEFT_BACKEND_CLI_IL_CODE_H_
#define WEFT_BACKEND_CLI_IL_CODE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace weft::backend_cli {

// A name in IL: between quotes, with what would end it escaped.
std::string Quoted(std::string_view name);

// The instructions of one method as text for ilasm, and the offset at which each will stand: the
// assembler keeps the form that is written, so the size of an instruction follows from its name.
// Tracebacks lean on these offsets.
class IlCode {
 public:
  // An instruction without an operand, and one with an operand whose size its name says.
  void Op(std::string_view mnemonic);
  void Op(std::string_view mnemonic, std::string_view operand);

  // The shortest forms for a variable or a constant.
  void LoadLocal(uint32_t index) { Variable("ldloc", index, true); }
  void StoreLocal(uint32_t index) { Variable("stloc", index, true); }
  void LoadLocalAddress(uint32_t index) { Variable("ldloca", index, false); }
  void LoadArgument(uint32_t index) { Variable("ldarg", index, true); }
  void StoreArgument(uint32_t index) { Variable("starg", index, false); }
  void Int32(int32_t value);
  void Int64(int64_t value);
  // A float by its bits.
  void Float32(uint32_t bits);
  void Float64(uint64_t bits);

  void Place(uint32_t label);
  // A branch: br, brtrue, blt, leave ...
  void Branch(std::string_view mnemonic, uint32_t label);
  void Switch(const std::string* labels, size_t count);

  // A directive or a brace, which takes no room in the code.
  void Directive(std::string_view text);

  // Puts a directive where the text was that long.
  void Insert(size_t at, std::string_view text) { text_.insert(at, text); }

  uint32_t offset() const { return offset_; }
  const std::string& text() const { return text_; }

 private:
  void Variable(std::string_view mnemonic, uint32_t index, bool has_short_forms);

  std::string text_;
  uint32_t offset_ = 0;
};

}  // namespace weft::backend_cli

#endif  // WEFT_BACKEND_CLI_IL_CODE_H_
