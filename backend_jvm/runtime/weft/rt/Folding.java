package weft.rt;

import static weft.rt.Opcode.*;

/** What instructions do with constants. */
final class Folding {
  private Folding() {}

  static int ofInts(int op, int left, int right) {
    switch (op) {
      case IADD:
        return left + right;
      case ISUB:
        return left - right;
      case IMUL:
        return left * right;
      case IDIV:
        return left / right;
      case IREM:
        return left % right;
      case INEG:
        return -right;
      case ISHL:
        return left << right;
      case ISHR:
        return left >> right;
      case IUSHR:
        return left >>> right;
      case IAND:
        return left & right;
      case IOR:
        return left | right;
      default:
        return left ^ right;
    }
  }

  static long ofLongs(int op, long left, long right) {
    switch (op) {
      case LADD:
        return left + right;
      case LSUB:
        return left - right;
      case LMUL:
        return left * right;
      case LDIV:
        return left / right;
      case LREM:
        return left % right;
      case LNEG:
        return -right;
      case LSHL:
        return left << right;
      case LSHR:
        return left >> right;
      case LUSHR:
        return left >>> right;
      case LAND:
        return left & right;
      case LOR:
        return left | right;
      default:
        return left ^ right;
    }
  }

  /** The six relations in the order of the branches that ask for them. */
  static boolean holds(int relation, long left, long right) {
    switch (relation) {
      case 0:
        return left == right;
      case 1:
        return left != right;
      case 2:
        return left < right;
      case 3:
        return left >= right;
      case 4:
        return left > right;
      default:
        return left <= right;
    }
  }
}
