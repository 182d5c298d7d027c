/* The rules as a program, asked line by line on stdin: cc -o classify classify.c */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *outcome(int status)
{
    if (status == 200)
        return "success";
    if (status / 100 == 3)
        return status <= 305 || status == 307 ? "fatal" : "transient";
    if (status / 100 == 4)
        return status == 408 || status == 409 ? "transient" : "fatal";
    return status == 501 || status == 505 ? "fatal" : "transient";
}

/* The status code that a word of three digits is, or -1. */
static int status_code(const char *word)
{
    for (int i = 0; i < 3; i++)
        if (!isdigit((unsigned char)word[i]))
            return -1;
    return word[3] == '\0' ? (word[0] - '0') * 100 + (word[1] - '0') * 10 + (word[2] - '0') : -1;
}

/* How often the file is posted; the words of the line are what strtok still has to give. */
static void answer_posts(void)
{
    int posts = 1, last = -1; /* the last answer; -1 while a post is outstanding */
    for (const char *word; (word = strtok(NULL, " ")) != NULL;) {
        int retry = strcmp(word, "retry") == 0;
        if (!retry && strcmp(word, "resume") != 0)
            last = status_code(word);
        else if (last >= 0 && last != 200 && last != 403 && !(retry && outcome(last)[0] == 'f')) {
            posts++;
            last = -1;
        }
    }
    printf("%d\n", posts);
}

int main(void)
{
    static char line[65536];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\r\n")] = '\0';
        int status = status_code(line);
        if (strcmp(line, "posts") == 0 || strncmp(line, "posts ", 6) == 0) {
            strtok(line, " ");
            answer_posts();
        } else if (status < 0)
            puts("rejected");
        else if (status == 200)
            puts("success no 0");
        else
            printf("%s %s 7 0x%08X\n", outcome(status), status == 403 ? "no" : "yes", 0x80190000u + status);
        fflush(stdout);
    }
    return 0;
}
