package dev.vigil.server.database;

import com.zaxxer.hikari.HikariDataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one DataSource of the process, over migrated schemas. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  @Bean(destroyMethod = "close")
  Database database(EarlyDatabase early) {
    return early.await();
  }

  @Bean(destroyMethod = "")
  HikariDataSource dataSource(Database database) {
    return database.pool();
  }

  /** Held where nobody takes it for the one DataSource. */
  @Bean
  QuestionConnections questionConnections(Database database) {
    return new QuestionConnections(database.questions());
  }
}
