package dev.vigil.server.auth;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** Shows the login form; Spring Security takes what it posts. */
@Controller
class LoginPage {

  private final boolean demo;

  LoginPage(@Value("${vigil.demo.enabled}") boolean demo) {
    this.demo = demo;
  }

  @GetMapping("/login")
  String show(Model model) {
    model.addAttribute("demo", demo);
    return "login";
  }
}
