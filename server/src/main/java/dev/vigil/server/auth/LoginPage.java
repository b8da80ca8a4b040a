package dev.vigil.server.auth;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/** Shows the login form; Spring Security takes what it posts. */
@Controller
class LoginPage {

  @GetMapping("/login")
  String show() {
    return "login";
  }
}
