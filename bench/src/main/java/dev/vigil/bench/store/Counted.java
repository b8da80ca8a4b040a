package dev.vigil.bench.store;

import dev.vigil.bench.system.FhirDoor;

/** How many Observations a server says it has. */
final class Counted {

  private Counted() {}

  static long observations(FhirDoor door) {
    FhirDoor.Answer answer = door.get("/Observation?_summary=count");
    if (!answer.good()) {
      throw new IllegalStateException("a count was refused with " + answer.status());
    }
    return answer.json().path("total").asLong(-1);
  }
}
