/* Part of all kernels, behind what kernel_body.h asks for: follows a record from joint to
   joint. */
#include "trail.h"

static inline bool joint_stands(const cs_joint *joint, const char *anchor) {
  literal difference = differ(no_difference(), anchor - (size_t)CS_JOINT_NEAR, &joint->near);
  if (joint->far_head > 0)
    difference = differ(difference, anchor - (size_t)CS_JOINT_HEAD_MOST, &joint->far);
  return !is_different(difference);
}

/* Is the value behind a joint right? Of a string only the length is looked at. */
static inline bool is_value(const cs_joint *joint, const char *value, size_t length,
                            bool number_range) {
  if (joint->scalar)
    return is_usual_number(value, length) || is_scalar(value, length, number_range);
  return length <= joint->length_most;
}

static inline size_t length_before(const cs_joint *next, const char *at, const char *anchor) {
  return (size_t)(anchor - at) - next->head;
}

/* One that came less often behind `joint`; it is tried earlier the next time. The end of a longer
   one may look like a shorter one: then what is before that is no value. */
static __attribute__((noinline)) cs_joint *other_follower(const cs_trail *trail, cs_joint *joint,
                                                          const char *at, const char *anchor) {
  for (uint32_t i = 1; i < joint->follower_count; i++) {
    uint16_t follower = joint->followers[i];
    cs_joint *next = &trail->joints[follower];
    if (!joint_stands(next, anchor) ||
        !is_value(joint, at, length_before(next, at, anchor), trail->number_range))
      continue;
    joint->followers[i] = joint->followers[i - 1];
    joint->followers[i - 1] = follower;
    return next;
  }
  return NULL;
}

static cs_trail_step follow(cs_trail *trail, const char *bytes, const uint32_t *anchors,
                            size_t last) {
  cs_joint *const joints = trail->joints, *joint = joints + trail->walk.joint;
  const char *at = bytes + trail->walk.at;
  uint32_t quotes = trail->walk.quotes;
  cs_trail_step step;
  for (;; anchors++) {
    const char *anchor = bytes + *anchors;
    step = CS_TRAIL_DRY;
    if (*anchors > last)
      break;
    cs_joint *next = joints + joint->followers[0];
    size_t length = length_before(next, at, anchor);
    if (!joint_stands(next, anchor) || !is_value(joint, at, length, trail->number_range)) {
      next = other_follower(trail, joint, at, anchor);
      step = CS_TRAIL_AWAY;
      if (next == NULL)
        break;
      length = length_before(next, at, anchor);
    }
    step = CS_TRAIL_LOST;
    if (joint->cell > 0)
      cs_trail_take(trail, joint, bytes, at, length);
    if (next->turn_count > 0 && !cs_trail_turn(trail, next))
      break;
    quotes += next->quotes;
    at = anchor + next->tail;
    joint = next;
  }
  trail->walk.joint = (uint32_t)(joint - joints);
  trail->walk.at = (size_t)(at - bytes);
  trail->walk.quotes = quotes;
  return step;
}
