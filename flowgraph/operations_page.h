#ifndef WEFT_FLOWGRAPH_OPERATIONS_PAGE_H_
#define WEFT_FLOWGRAPH_OPERATIONS_PAGE_H_

#include <string>

namespace weft::flowgraph {

// docs/operations.md, made from the operation table.
std::string OperationsPage();

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_OPERATIONS_PAGE_H_
