#include "gateway/http/mailbox.h"

namespace safeconduct::http {

void Mailbox::Put(std::shared_ptr<Exchange> to, Arrival arrival) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  letters_.push_back({std::move(to), std::move(arrival)});
  if (woken_) return;
  woken_ = true;
  loop_.Post([this] { Deliver(); });
}

void Mailbox::Deliver() {
  std::vector<Letter> letters;
  {
    const std::lock_guard lock(mutex_);
    letters.swap(letters_);
    woken_ = false;
  }
  for (Letter& letter : letters) {
    Recipient* const recipient = letter.to->recipient();
    if (recipient != nullptr) recipient->Arrive(std::move(letter.arrival));
  }
}

void Mailbox::Close() {
  std::vector<Letter> undelivered;  // destroyed without the lock: an answer may own anything
  const std::lock_guard lock(mutex_);
  closed_ = true;
  undelivered.swap(letters_);
}

void Exchange::Pass(Arrival arrival) {
  if (mailbox_->OnThread() && recipient_ != nullptr && recipient_->calling_out()) {
    recipient_->Arrive(std::move(arrival));
    return;
  }
  mailbox_->Put(shared_from_this(), std::move(arrival));
}

}  // namespace safeconduct::http
