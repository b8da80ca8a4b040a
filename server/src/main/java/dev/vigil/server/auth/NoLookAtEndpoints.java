package dev.vigil.server.auth;

import jakarta.servlet.Filter;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.ApplicationContext;
import org.springframework.web.servlet.handler.HandlerMappingIntrospector;

/**
 * Before its chains Spring Security asks Spring MVC which endpoint a request will meet, and
 * remembers the answer for matchers and CORS rules that look at endpoints. There are none here:
 * requests are told apart by path ({@link RequestPaths}). So nothing is asked, which was a tenth of
 * what a small request costs.
 */
final class NoLookAtEndpoints implements BeanPostProcessor {

  private final ApplicationContext application;

  NoLookAtEndpoints(ApplicationContext application) {
    this.application = application;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean.getClass() != HandlerMappingIntrospector.class) {
      return bean;
    }
    HandlerMappingIntrospector plain = new PlainIntrospector();
    plain.setApplicationContext(application);
    plain.afterPropertiesSet();
    return plain;
  }

  private static final class PlainIntrospector extends HandlerMappingIntrospector {

    @Override
    public Filter createCacheFilter() {
      return (request, response, chain) -> chain.doFilter(request, response);
    }
  }
}
