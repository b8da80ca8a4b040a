package dev.vigil.server;

public class VigilMain {
  public static void main(String[] a) {
    long t = System.nanoTime();
    org.springframework.boot.SpringApplication.run(VigilApplication.class, a);
    System.out.println("UP " + (System.nanoTime() - t) / 1e9);
  }
}
