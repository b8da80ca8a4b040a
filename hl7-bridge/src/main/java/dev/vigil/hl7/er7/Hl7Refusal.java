package dev.vigil.hl7.er7;

import java.util.List;
import java.util.stream.Collectors;

/** A message was refused and changed nothing. Carries at least one error. */
public final class Hl7Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Hl7Error> errors;

  /** Refused for one reason. */
  public Hl7Refusal(Er7Location location, Hl7Error.Code code, String message) {
    this(List.of(new Hl7Error(location, code, message)));
  }

  /** Refused for several reasons, in the order they were found. */
  public Hl7Refusal(List<Hl7Error> errors) {
    super(errors.stream().map(Hl7Error::message).collect(Collectors.joining("; ")));
    this.errors = List.copyOf(errors);
  }

  /** Never empty. */
  public List<Hl7Error> errors() {
    return errors;
  }
}
