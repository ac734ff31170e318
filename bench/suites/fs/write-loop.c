/* The floor of durable writes: open, write, fsync, rename, fsync of the directory, on as many threads as asked for.
   write-loop DIRECTORY THREADS WRITES prints the writes in a second. DIRECTORY/d must be there, and empty. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BODY 256

static const char *root;
static int threads;
static int writes;

static void check(int result, const char *what) {
  if (result >= 0) return;
  perror(what);
  exit(1);
}

static void *work(void *argument) {
  long id = (long)argument;
  char body[BODY], directory[512], temporary[512], target[600];
  memset(body, 'x', sizeof body);
  snprintf(directory, sizeof directory, "%s/d", root);
  snprintf(temporary, sizeof temporary, "%s/t%ld", root, id);
  for (int i = (int)id; i < writes; i += threads) {
    snprintf(target, sizeof target, "%s/%d", directory, i);
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0666);
    check(file, "open");
    if (write(file, body, sizeof body) != sizeof body) check(-1, "write");
    check(fsync(file), "fsync");
    close(file);
    check(rename(temporary, target), "rename");
    int opened = open(directory, O_RDONLY | O_DIRECTORY);
    check(opened, "open the directory");
    check(fsync(opened), "fsync of the directory");
    close(opened);
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  root = arguments[1];
  threads = atoi(arguments[2]);
  writes = atoi(arguments[3]);
  pthread_t *all = calloc((size_t)threads, sizeof *all);
  struct timespec begun, ended;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  for (long id = 0; id < threads; id++) check(-pthread_create(&all[id], NULL, work, (void *)id), "pthread_create");
  for (int id = 0; id < threads; id++) pthread_join(all[id], NULL);
  clock_gettime(CLOCK_MONOTONIC, &ended);
  double seconds = (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
  printf("%f\n", writes / seconds);
  return 0;
}
