package dev.vigil.bench.store;

/** What is measured side by side. */
enum Column {
  VIGIL("Vigil"),
  DEFAULT("HAPI default"),
  TUNED("HAPI tuned"),
  COPY("COPY limit");

  private final String title;

  Column(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
