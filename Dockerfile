# syntax=docker/dockerfile:1
# Vigil without an embedded database: give it VIGIL_DB_URL, VIGIL_DB_USER and VIGIL_DB_PASSWORD.

FROM maven:3.9.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY pom.xml ./
COPY core core
COPY terminology terminology
COPY telemetry telemetry
COPY subscriptions subscriptions
COPY hl7-bridge hl7-bridge
COPY ig ig
COPY simulator simulator
COPY server server
# The parent names these modules; the image needs nothing of them.
COPY bench/pom.xml bench/pom.xml
COPY house/pom.xml house/pom.xml
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -q -DskipTests -Dspotless.check.skip=true -Dcyclonedx.skip=true package -pl server -am
RUN java -Djarmode=tools -jar server/target/vigil-server.jar extract --layers --destination /layers

FROM eclipse-temurin:17.0.15_6-jre-jammy
RUN groupadd --system --gid 10001 vigil \
    && useradd --system --uid 10001 --gid vigil --home-dir /var/lib/vigil --create-home \
       --shell /usr/sbin/nologin vigil
WORKDIR /opt/vigil
COPY LICENSE NOTICE ./
COPY --chmod=0755 deploy/image/healthcheck bin/healthcheck
# What changes least comes first, so that a new build of ours adds a small layer.
COPY --from=build /layers/dependencies/ ./
COPY --from=build /layers/spring-boot-loader/ ./
COPY --from=build /layers/snapshot-dependencies/ ./
COPY --from=build /layers/application/ ./
ENV VIGIL_DATA=/var/lib/vigil
USER 10001:10001
VOLUME /var/lib/vigil
EXPOSE 8080 8081 2575
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=120s --retries=6 CMD ["/opt/vigil/bin/healthcheck"]
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-jar", "vigil-server.jar"]
CMD ["serve"]
