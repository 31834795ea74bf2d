// Parts that several views have in common.
#pragma once

#include "actors/dashboards/logic/json_writer.hpp"
#include "actors/dashboards/logic/views.hpp"

namespace scaleops::dashboards::logic {

void put(json_writer& out, const resources& value);            // {"cpu": n|null, "memory": n|null}
void put(json_writer& out, const container_resources& value);  // {"requests": …, "limits": …}
void put(json_writer& out, const amounts& value);
void put(json_writer& out, const reason& why);
void put(json_writer& out, const action_entry& entry);
void put(json_writer& out, const kill_mark& kill);
void put_row(json_writer& out, const view_context& in, const workload_row& row);
void put_advice(json_writer& out, const container_recommendation& part);

/// "automated", "open", "excluded" or "system".
std::string_view automation_word(const grant_answer& grant);

std::string lower_case(std::string_view text);

/// What would be saved a month if the recommendation were in force; negative: it asks for more.
double open_saving(const view_context& in, const workload_row& row);

}  // namespace scaleops::dashboards::logic
