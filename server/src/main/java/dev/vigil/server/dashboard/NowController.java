package dev.vigil.server.dashboard;

import dev.vigil.core.AlertId;
import dev.vigil.core.Problem;
import dev.vigil.core.ProblemException;
import dev.vigil.server.access.AccessDecision;
import dev.vigil.subscriptions.alert.AlertBoard;
import dev.vigil.subscriptions.alert.AlertStep;
import dev.vigil.subscriptions.alert.TakeAlertStep;
import dev.vigil.subscriptions.alert.TrackedAlert;
import dev.vigil.telemetry.log.Source;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * The page "Now" and the buttons of alerts. The page's script gets a fresh board as answer to a
 * button, a browser without it is sent back to where the button was.
 */
@Controller
class NowController {

  private final NowBoard board;
  private final LiveEvents live;
  private final AlertBoard alerts;
  private final TakeAlertStep steps;
  private final Clock clock;

  NowController(
      NowBoard board, LiveEvents live, AlertBoard alerts, TakeAlertStep steps, Clock clock) {
    this.board = board;
    this.live = live;
    this.alerts = alerts;
    this.steps = steps;
    this.clock = clock;
  }

  /** Who may not see it because machines are their business is sent to the page about these. */
  @GetMapping("/")
  String page(Model model) {
    if (AccessDecision.current().filter(Viewer::isTechnical).isPresent()) {
      return "redirect:/system";
    }
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
  String acknowledge(
      @PathVariable String id,
      HttpServletRequest request,
      HttpServletResponse response,
      Model model,
      RedirectAttributes next) {
    return take(AlertStep.ACKNOWLEDGE, new AlertId(id), request, response, model, next);
  }

  @PostMapping("/alerts/{id}/resolve")
  String resolve(
      @PathVariable String id,
      HttpServletRequest request,
      HttpServletResponse response,
      Model model,
      RedirectAttributes next) {
    return take(AlertStep.RESOLVE, new AlertId(id), request, response, model, next);
  }

  private void fill(Model model) {
    AccessDecision viewer = Viewer.current();
    model.addAttribute("me", viewer.actor().name());
    model.addAttribute("mayAct", Viewer.mayAct(viewer));
    model.addAttribute("now", board.now(viewer.tenant()));
    model.addAttribute("ages", new Ages(clock.instant()));
  }

  private String take(
      AlertStep step,
      AlertId alert,
      HttpServletRequest request,
      HttpServletResponse response,
      Model model,
      RedirectAttributes next) {
    AccessDecision viewer = Viewer.acting();
    Source source = new Source("dashboard", viewer.actor().reference());
    TrackedAlert after;
    String notice = "";
    try {
      after = steps.take(step, viewer.tenant(), alert, viewer.actor(), "", source);
    } catch (ProblemException e) {
      after = alerts.find(viewer.tenant(), alert).orElseThrow(NowController::unknown);
      if (e.problems().get(0).kind() != Problem.Kind.CONFLICT) {
        throw e;
      }
      notice = already(after, viewer);
    }
    if (request.getHeader("X-Requested-With") == null) {
      next.addFlashAttribute("notice", notice);
      boolean fromPatient = "patient".equals(request.getParameter("back"));
      return "redirect:" + (fromPatient ? "/patients/" + after.patient().value() : "/");
    }
    response.setStatus(notice.isEmpty() ? 200 : HttpStatus.CONFLICT.value());
    fill(model);
    model.addAttribute("notice", notice);
    return "board :: board";
  }

  private static ResponseStatusException unknown() {
    return new ResponseStatusException(HttpStatus.NOT_FOUND);
  }

  /** Who took the step before, and which. */
  private static String already(TrackedAlert alert, AccessDecision viewer) {
    TrackedAlert.Mark last =
        alert.acknowledged().or(alert::resolved).orElseThrow(IllegalStateException::new);
    boolean own = last.actor().reference().equals(viewer.actor().reference());
    return "%s already %s \u201c%s\u201d. This is how the alerts stand now."
        .formatted(
            own ? "You have" : last.actor().name() + " was faster and has",
            alert.acknowledged().isPresent() ? "acknowledged" : "closed",
            alert.alert().title());
  }
}
