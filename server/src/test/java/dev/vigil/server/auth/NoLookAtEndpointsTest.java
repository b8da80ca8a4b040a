package dev.vigil.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.handler.HandlerMappingIntrospector;

class NoLookAtEndpointsTest {

  @Test
  void lookAtNoEndpointBeforeARequestIsPassedOn() throws Exception {
    try (GenericApplicationContext application = new GenericApplicationContext()) {
      application.refresh();
      NoLookAtEndpoints processor = new NoLookAtEndpoints(application);
      HandlerMappingIntrospector replaced =
          (HandlerMappingIntrospector)
              processor.postProcessAfterInitialization(
                  new HandlerMappingIntrospector(), "mvcHandlerMappingIntrospector");
      MockHttpServletRequest request = new MockHttpServletRequest("POST", "/fhir/Observation");
      List<List<String>> seen = new ArrayList<>();

      replaced
          .createCacheFilter()
          .doFilter(
              request,
              new MockHttpServletResponse(),
              (passed, response) -> seen.add(Collections.list(passed.getAttributeNames())));

      assertThat(seen).as("what was looked up would be an attribute").containsExactly(List.of());
      assertThat(processor.postProcessAfterInitialization("another bean", "other"))
          .isEqualTo("another bean");
    }
  }
}
