/* Sends requests that were built beforehand over keep-alive connections to a loopback port.
 *
 *   blast PORT FILE CONNECTIONS RATE SECONDS FIRST COUNT WARM
 *
 * RATE 0: closed loop, each connection sends its next request when it has its answer; a latency
 * is from the first byte out to the last byte in. RATE > 0: open loop with exponential gaps; a
 * latency is from the instant at which the request was due, so that a server that stands still
 * pays for everybody who queued meanwhile. The first WARM answers are not measured.
 *
 * FILE: repeated u32 length and so many bytes of one HTTP/1.1 request. Answers need a
 * Content-Length or no body. Prints one line of JSON. With an output path as the ninth argument,
 * writes one byte per request of FILE: the status as hundreds digit, 0 for none.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 16384, MOST = 1024 };
struct request { const char *bytes; uint32_t size; };
struct line {
    int fd, busy;
    size_t number, out, in;
    double began;
    char answer[ROOM + 1];
};

static struct request *requests;
static struct line lines[MOST];
static struct sockaddr_in there;
static int poll_fd, connections;
static size_t first, last, next, answered, warm, failed, measured, by_hundred[6];
static double *latencies, rate, due, measured_since, measured_until;
static unsigned char *outcome;
static int gone;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what) { perror(what); exit(2); }

static void watch(struct line *line, int how, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = line};
    if (epoll_ctl(poll_fd, how, line->fd, &event)) fail("epoll_ctl");
}

static void dial(struct line *line) {
    int on = 1;
    line->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (line->fd < 0) fail("socket");
    if (connect(line->fd, (struct sockaddr *)&there, sizeof there)) {
        if (!answered) fail("connect");
        line->busy = gone = 1;  /* the server was killed: end and tell how far we came */
        return;
    }
    setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(line, EPOLL_CTL_ADD, EPOLLIN);
}

static int pump(struct line *line) {  /* 0: the connection is gone */
    struct request *r = &requests[line->number];
    while (line->out < r->size) {
        ssize_t n = send(line->fd, r->bytes + line->out, r->size - line->out,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            watch(line, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            return 1;
        }
        if (n < 0) return 0;
        line->out += (size_t)n;
    }
    return 1;
}

static void settle(struct line *line, int status) {
    double t = now();
    answered++;
    if (status) by_hundred[status / 100 < 6 ? status / 100 : 5]++; else failed++;
    if (outcome) outcome[line->number] = (unsigned char)(status / 100);
    if (answered == warm) measured_since = t;
    if (answered > warm && status) latencies[measured++] = t - line->began;
    measured_until = t;
    line->busy = 0;
}

static void launch(struct line *line, double began);

static void lose(struct line *line) {
    int was_busy = line->busy;
    close(line->fd);
    if (was_busy) settle(line, 0);
    dial(line);
    if (was_busy && !gone && !rate && next < last) launch(line, now());
}

static void launch(struct line *line, double began) {
    line->busy = 1;
    line->number = next++;
    line->out = line->in = 0;
    line->began = began;
    if (!pump(line)) lose(line);
}

static long value_of(const char *head, const char *name) {
    const char *found = strcasestr(head, name);
    return found ? atol(found + strlen(name)) : -1;
}

/* Return the status of a whole answer, 0 when there is more to come. */
static int whole(struct line *line) {
    line->answer[line->in] = 0;
    char *end = strstr(line->answer, "\r\n\r\n");
    if (!end) return 0;
    *end = 0;
    long body = value_of(line->answer, "\r\ncontent-length:");
    int status = atoi(line->answer + 9);
    int closes = strcasestr(line->answer, "\r\nconnection: close") != NULL;
    *end = '\r';
    size_t size = (size_t)(end + 4 - line->answer) + (size_t)(body > 0 ? body : 0);
    if (line->in < size) return 0;
    return closes ? -status : status;
}

static void take(struct line *line) {
    ssize_t n = recv(line->fd, line->answer + line->in, ROOM - line->in, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0 || line->in + (size_t)n >= ROOM) { lose(line); return; }
    line->in += (size_t)n;
    int status = line->busy ? whole(line) : 0;
    if (!status) return;
    settle(line, abs(status));
    if (status < 0) { close(line->fd); dial(line); }
    if (!rate && next < last) launch(line, now());
}

static double gap(void) { return -log(1.0 - drand48()) / rate; }

/* Open loop: everything that is due goes to a free connection; what finds none stays due. */
static void release(double t) {
    int from = 0;
    while (next < last && due <= t) {
        while (from < connections && lines[from].busy) from++;
        if (from == connections) return;
        double began = due;
        due += gap();
        launch(&lines[from], began);
    }
}

static void read_requests(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file), at = 0, number = 0, room = size / 64 + 1;
    char *bytes = malloc(size);
    rewind(file);
    if (fread(bytes, 1, size, file) != size) fail("read");
    requests = calloc(room, sizeof *requests);
    while (at + 4 <= size) {
        memcpy(&requests[number].size, bytes + at, 4);
        requests[number].bytes = bytes + at + 4;
        at += 4 + requests[number++].size;
    }
    if (last > number) last = number;
    outcome = calloc(number + 1, 1);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double at(double share) {
    return measured ? latencies[(size_t)((double)(measured - 1) * share)] * 1e3 : 0;
}

int main(int argc, char **argv) {
    if (argc < 9) { fprintf(stderr, "see the head of blast.c\n"); return 2; }
    there.sin_family = AF_INET;
    there.sin_port = htons((uint16_t)atoi(argv[1]));
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connections = atoi(argv[3]) > MOST ? MOST : atoi(argv[3]);
    rate = atof(argv[4]);
    double seconds = atof(argv[5]);
    next = first = (size_t)atol(argv[6]);
    last = first + (size_t)atol(argv[7]);
    warm = (size_t)atol(argv[8]);
    read_requests(argv[2]);
    latencies = calloc(last - first + 1, sizeof *latencies);
    poll_fd = epoll_create1(0);
    srand48(1);
    double start = now(), stop = start + seconds;
    measured_since = measured_until = start;
    due = start;
    for (int i = 0; i < connections; i++) dial(&lines[i]);
    for (int i = 0; !rate && i < connections && next < last; i++) launch(&lines[i], now());
    double t = start;
    while (!gone && answered < last - first && (t = now()) < stop) {
        if (rate) release(t);
        struct epoll_event events[256];
        double idle = rate && next < last ? due - now() : 0.1;
        struct timespec nap = {0, idle < 0 ? 1000000 : idle > 0.1 ? 100000000 : (long)(idle * 1e9)};
        int n = epoll_pwait2(poll_fd, events, 256, &nap, NULL);
        for (int i = 0; i < n; i++) {
            struct line *line = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) {
                watch(line, EPOLL_CTL_MOD, EPOLLIN);
                if (!pump(line)) { lose(line); continue; }
            }
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) take(line);
        }
    }
    if (argc > 9) {
        FILE *file = fopen(argv[9], "wb");
        if (!file || fwrite(outcome, 1, last, file) != last) fail(argv[9]);
        fclose(file);
    }
    qsort(latencies, measured, sizeof *latencies, ascending);
    double spent = measured_until - measured_since;
    printf("{\"answered\": %zu, \"ok\": %zu, \"refused\": %zu, \"errors\": %zu, \"failed\": %zu,"
           " \"late_s\": %.3f, \"seconds\": %.4f, \"per_s\": %.1f, \"p50_ms\": %.3f,"
           " \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n",
           answered, by_hundred[2], by_hundred[4], by_hundred[5], failed,
           rate && next < last ? t - due : 0.0, spent,
           spent > 0 ? (double)(answered - (answered > warm ? warm : answered)) / spent : 0,
           at(0.5), at(0.9), at(0.99), at(1.0));
    return 0;
}
