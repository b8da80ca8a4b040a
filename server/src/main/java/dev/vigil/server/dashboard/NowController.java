package dev.vigil.server.dashboard;

import dev.vigil.core.AlertId;
import dev.vigil.core.ProblemException;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.subscriptions.alert.AcknowledgeAlert;
import dev.vigil.subscriptions.alert.ResolveAlert;
import dev.vigil.telemetry.log.Source;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The page "Now" and the buttons on it. */
@Controller
class NowController {

  private final NowBoard board;
  private final LiveEvents live;
  private final AcknowledgeAlert acknowledge;
  private final ResolveAlert resolve;

  NowController(
      NowBoard board, LiveEvents live, AcknowledgeAlert acknowledge, ResolveAlert resolve) {
    this.board = board;
    this.live = live;
    this.acknowledge = acknowledge;
    this.resolve = resolve;
  }

  @GetMapping("/")
  String page(Model model) {
    fill(model);
    return "now";
  }

  @GetMapping("/now/board")
  String board(Model model) {
    fill(model);
    return "board :: board";
  }

  @GetMapping(path = "/now/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  SseEmitter events() {
    return live.open(Viewer.current().tenant());
  }

  @PostMapping("/alerts/{id}/acknowledge")
  String acknowledge(@PathVariable String id) {
    AccessDecision viewer = Viewer.acting();
    return step(
        () ->
            acknowledge.acknowledge(
                viewer.tenant(), new AlertId(id), viewer.actor(), "", source(viewer)));
  }

  @PostMapping("/alerts/{id}/resolve")
  String resolve(@PathVariable String id) {
    AccessDecision viewer = Viewer.acting();
    return step(
        () ->
            resolve.resolve(viewer.tenant(), new AlertId(id), viewer.actor(), "", source(viewer)));
  }

  private void fill(Model model) {
    AccessDecision viewer = Viewer.current();
    model.addAttribute("me", viewer.actor().name());
    model.addAttribute("mayAct", Viewer.mayAct(viewer));
    model.addAttribute("now", board.now(viewer.tenant()));
  }

  /** Somebody else was faster, or the alert is closed: the page shows how it stands now. */
  private static String step(Runnable step) {
    try {
      step.run();
      return "redirect:/";
    } catch (ProblemException e) {
      return switch (e.problems().get(0).kind()) {
        case CONFLICT -> "redirect:/?late";
        case NOT_FOUND -> throw new ResponseStatusException(HttpStatus.NOT_FOUND);
        default -> throw e;
      };
    }
  }

  private static Source source(AccessDecision viewer) {
    return new Source("dashboard", viewer.actor().reference());
  }
}
