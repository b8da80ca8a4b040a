package dev.vigil.telemetry.observation;

import dev.vigil.core.event.ResourceContent;

/** What the log keeps of an Observation: its shape's template and its leaves. */
public final class ObservationContent {

  private ObservationContent() {}

  /**
   * The content of stored JSON.
   *
   * @throws dev.vigil.core.ProblemException of kind UNREADABLE if the text is no JSON object in
   *     Unicode
   */
  public static ResourceContent of(String json) {
    Split split = Split.of(json);
    return split.whole()
        ? ResourceContent.whole(json)
        : new ResourceContent(split.template(), split.leaves().stream().map(Leaf::raw).toList());
  }
}
