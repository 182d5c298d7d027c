/* A program of the line protocol that does what a script says, started in a millisecond.

   Usage: hostile SCRIPT. Each line of the script is WHEN STEP [ARGUMENT]: WHEN is a status code, "posts",
   "start" or "end" (of the input), and the steps of one WHEN are done in their order. A code that the
   script does not name is answered as the specification says, all fields included. */

#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONGEST_LIFE 60 /* seconds, after which even what nobody ends goes away */
#define MEGABYTE 1000000
#define MOST_CHILDREN 3 /* of one process: a code may be asked a thousand times */

static char out[1 << 16];
static size_t out_size;
static char held[64];
static int holds;
static char *script;

static void emit(int fd, const char *text, size_t size) {
    while (size) {
        ssize_t written = write(fd, text, size);
        if (written < 0)
            return;
        text += written;
        size -= (size_t)written;
    }
}

static void flush(void) {
    emit(1, out, out_size);
    out_size = 0;
}

static void say(const char *text, size_t size) {
    if (out_size + size > sizeof out)
        flush();
    if (size > sizeof out) {
        emit(1, text, size);
        return;
    }
    memcpy(out + out_size, text, size);
    out_size += size;
}

static const char *answer(const char *word) {
    static char text[64];
    int code = atoi(word);
    int fatal = (code >= 300 && code <= 305) || code == 307 || code == 501 || code == 505 ||
                (code >= 400 && code <= 499 && code != 408 && code != 409);
    if (strncmp(word, "posts", 5) == 0)
        return "unsupported\n";
    if (strlen(word) != 3 || !isdigit((unsigned char)word[0]) || !isdigit((unsigned char)word[1]) ||
        !isdigit((unsigned char)word[2]))
        return "rejected\n";
    if (code == 200)
        return "success\n";
    snprintf(text, sizeof text, "%s %s 7 0x%08X\n", fatal ? "fatal" : "transient", code == 403 ? "no" : "yes",
             0x80190000u + (unsigned)code);
    return text;
}

static void pour(int fd, const char *unit, long bytes) {
    char block[60000];
    size_t unit_size = strlen(unit), filled = 0;
    while (filled + unit_size <= sizeof block) {
        memcpy(block + filled, unit, unit_size);
        filled += unit_size;
    }
    for (; bytes > 0; bytes -= (long)filled)
        emit(fd, block, filled);
}

static void ignore_signals(void) {
    for (int number = 1; number < 32; number++)
        signal(number, SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
}

static void live_on(void) {
    for (int second = 0; second < LONGEST_LIFE; second++)
        sleep(1);
    _exit(0);
}

static void leave_child(const char *how) {
    static int children;
    if (++children > MOST_CHILDREN || fork() != 0)
        return;
    if (strcmp(how, "plain") != 0)
        setsid();
    if (strcmp(how, "group") == 0)
        setpgid(0, 0);
    if (strcmp(how, "silent") == 0)
        for (int fd = 0; fd < 3; fd++)
            close(fd);
    if (strcmp(how, "chatty") == 0)
        for (;;) {
            if (write(2, "still here\n", 11) < 0)
                break;
            usleep(1000);
        }
    live_on();
}

static void take(const char *step, const char *argument, const char *word) {
    long number = atol(argument);
    if (strcmp(step, "answer") == 0) {
        say(answer(word), strlen(answer(word)));
    } else if (strcmp(step, "say") == 0) {
        for (const char *digits = argument; digits[0] && digits[1]; digits += 2) {
            unsigned byte = 0;
            sscanf(digits, "%2x", &byte);
            char character = (char)byte;
            say(&character, 1);
        }
    } else if (strcmp(step, "hold") == 0) {
        strcpy(held, answer(word));
        holds = 2;
    } else {
        flush();
        if (strcmp(step, "wait") == 0)
            usleep((useconds_t)(number * 1000));
        else if (strcmp(step, "hang") == 0)
            live_on();
        else if (strcmp(step, "exit") == 0)
            _exit((int)number);
        else if (strcmp(step, "signal") == 0)
            raise((int)number);
        else if (strcmp(step, "close") == 0)
            close((int)number);
        else if (strcmp(step, "pour") == 0)
            pour(1, "x", number * MEGABYTE);
        else if (strcmp(step, "lines") == 0)
            pour(1, "fatal\n", number * MEGABYTE);
        else if (strcmp(step, "noise") == 0)
            pour(2, "\xff noise\n", number * MEGABYTE);
        else if (strcmp(step, "ignore") == 0)
            ignore_signals();
        else if (strcmp(step, "child") == 0)
            leave_child(argument);
        else
            _exit(99);
    }
}

/* Do the steps of one WHEN; return whether there are any. */
static int steps_at(const char *when, const char *word) {
    char name[16], step[16];
    int found = 0, used;
    for (char *line = script; *line; line = strchr(line, '\n') + 1) {
        if (sscanf(line, "%15s %15s%n", name, step, &used) == 2 && strcmp(name, when) == 0) {
            size_t rest = strcspn(line + used, "\n");
            char *argument = strndup(line + used + (rest > 0), rest - (rest > 0));
            found = 1;
            take(step, argument, word);
            free(argument);
        }
    }
    return found;
}

static void request(char *word) {
    size_t size = strlen(word);
    if (size && word[size - 1] == '\r')
        word[size - 1] = 0;
    if (!steps_at(strncmp(word, "posts", 5) == 0 ? "posts" : word, word))
        say(answer(word), strlen(answer(word)));
    if (holds && --holds == 0)
        say(held, strlen(held));
}

int main(int count, char **arguments) {
    static char input[1 << 20];
    size_t size = 0;
    FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;
    if (!file)
        return 98;
    script = calloc(1 << 20, 1);
    if (fread(script, 1, (1 << 20) - 1, file) == 0 && ferror(file))
        return 97;
    fclose(file);
    steps_at("start", "");
    for (;;) {
        flush();
        ssize_t got = read(0, input + size, sizeof input - size - 1);
        if (got <= 0)
            break;
        size += (size_t)got;
        char *start = input, *end;
        while ((end = memchr(start, '\n', size - (size_t)(start - input)))) {
            *end = 0;
            request(start);
            start = end + 1;
        }
        size -= (size_t)(start - input);
        memmove(input, start, size);
    }
    if (holds)
        say(held, strlen(held));
    steps_at("end", "");
    flush();
    return 0;
}
