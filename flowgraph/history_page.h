#ifndef WEFT_FLOWGRAPH_HISTORY_PAGE_H_
#define WEFT_FLOWGRAPH_HISTORY_PAGE_H_

namespace weft::flowgraph {

// The page that FunctionHistory fills: "/*DATA*/" stands where the JSON goes. It needs nothing from
// outside itself.
extern const char kHistoryPage[];

}  // namespace weft::flowgraph

#endif  // WEFT_FLOWGRAPH_HISTORY_PAGE_H_
