package dev.vigil.subscriptions.rule;

/** How a value has to stand to a limit. */
public enum Comparator {
  /** Below the limit. */
  LESS("<"),
  /** On or below the limit. */
  LESS_OR_EQUAL("<="),
  /** On or above the limit. */
  GREATER_OR_EQUAL(">="),
  /** Above the limit. */
  GREATER(">");

  private final String symbol;

  Comparator(String symbol) {
    this.symbol = symbol;
  }

  /** As FHIR's Quantity.comparator writes it. */
  public String symbol() {
    return symbol;
  }

  /**
   * Whether a value stands so.
   *
   * @param order sign of value minus limit
   */
  boolean accepts(int order) {
    return switch (this) {
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER_OR_EQUAL -> order >= 0;
      case GREATER -> order > 0;
    };
  }
}
