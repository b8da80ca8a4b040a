package dev.vigil.server.dashboard;

import dev.vigil.server.access.AccessDecision;
import dev.vigil.server.access.Permission;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** Who looks at a page, and whether they may. */
final class Viewer {

  private Viewer() {}

  /** The caller, if clinical pages are for them; 403 otherwise. */
  static AccessDecision current() {
    return AccessDecision.current()
        .filter(viewer -> viewer.allows("DetectedIssue", Permission.READ))
        .filter(viewer -> viewer.allows("Patient", Permission.READ))
        .orElseThrow(() -> new ResponseStatusException(HttpStatus.FORBIDDEN));
  }

  /** The caller, if machines and not persons are their business; 403 otherwise. */
  static AccessDecision technical() {
    return AccessDecision.current()
        .filter(Viewer::isTechnical)
        .orElseThrow(() -> new ResponseStatusException(HttpStatus.FORBIDDEN));
  }

  /** Engineers and administrators: no clinical content. */
  static boolean isTechnical(AccessDecision viewer) {
    return viewer.allows("Device", Permission.READ) && !viewer.allows("Patient", Permission.READ);
  }

  /** The caller, if they may take an alert on; 403 otherwise. */
  static AccessDecision acting() {
    AccessDecision viewer = current();
    if (!mayAct(viewer)) {
      throw new ResponseStatusException(HttpStatus.FORBIDDEN);
    }
    return viewer;
  }

  static boolean mayAct(AccessDecision viewer) {
    return viewer.allows("DetectedIssue", Permission.UPDATE);
  }
}
